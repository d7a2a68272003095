//! The report's words and values in sentences.

use oci_lens::report::HiddenBy;
use serde::Serialize;

/// A word of the report as its JSON has it.
pub fn word(word: &impl Serialize) -> String {
    match serde_json::to_value(word) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// Why something is hidden; the entry that did it follows.
pub const fn cause(hidden_by: HiddenBy) -> &'static str {
    match hidden_by {
        HiddenBy::Whiteout => "by the whiteout",
        HiddenBy::ParentWhiteout => "with its directory by the whiteout",
        HiddenBy::OpaqueWhiteout => "by the opaque whiteout",
        HiddenBy::Replaced => "replaced by",
        HiddenBy::ParentReplaced => "its directory replaced by",
        HiddenBy::NotApplied => "not applied",
        HiddenBy::Marker => "no file of the image",
    }
}

/// Nanoseconds since 1970 as a date and a time of day, UTC, to the second.
pub fn time(nanoseconds: i128) -> String {
    const DAY: i128 = 24 * 60 * 60;
    let seconds = nanoseconds.div_euclid(1_000_000_000);
    let (days, second) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    // Years that begin in March end with their leap day; 400 of them have 146,097 days.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i128::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::time;

    #[test]
    fn a_time_is_that_of_the_proleptic_gregorian_calendar() {
        // By `date -u -d @SECONDS`.
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00"),
            (-1, "1969-12-31 23:59:59"),
            (951_782_399, "2000-02-28 23:59:59"),
            (951_782_400, "2000-02-29 00:00:00"),
            (951_868_800, "2000-03-01 00:00:00"),
            (1_763_732_385, "2025-11-21 13:39:45"),
            (4_107_542_400, "2100-03-01 00:00:00"),
            (253_402_300_799, "9999-12-31 23:59:59"),
            (-62_135_596_800, "0001-01-01 00:00:00"),
        ] {
            assert_eq!(time(seconds * 1_000_000_000), expected, "{seconds}");
        }
    }
}
