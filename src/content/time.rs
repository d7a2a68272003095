//! Points in time, in milliseconds since 1970, and RFC 3339 in UTC.

use std::fmt;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub u64);

const DAY: u64 = 86_400_000;
/// The end of the year 9999: RFC 3339 has four digits for it.
const LAST: u64 = 253_402_300_799_999;

impl Time {
    /// Milliseconds that have passed since then.
    pub const fn until(self, later: Self) -> u64 {
        later.0.saturating_sub(self.0)
    }

    /// Reads what [`Time`] writes; other offsets and precisions, too.
    pub fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.trim().split_once('T')?;
        let mut parts = date.splitn(3, '-').map(|part| part.parse::<u64>().ok());
        let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
        let (clock, offset) = match rest.strip_suffix('Z') {
            Some(clock) => (clock, 0),
            None => {
                let at = rest.rfind(['+', '-'])?;
                let (clock, offset) = rest.split_at_checked(at)?;
                let (hours, minutes) = offset.get(1..)?.split_once(':')?;
                let hours = i64::from(hours.parse::<u8>().ok()?);
                let minutes = hours * 60 + i64::from(minutes.parse::<u8>().ok()?);
                match offset.starts_with('-') {
                    true => (clock, -minutes),
                    false => (clock, minutes),
                }
            }
        };
        let mut parts = clock.splitn(3, ':');
        let (hour, minute) = (
            parts.next()?.parse::<u64>().ok()?,
            parts.next()?.parse::<u64>().ok()?,
        );
        let seconds = parts.next()?;
        let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
        let second = second.parse::<u64>().ok()?;
        let millis: String = fraction.chars().chain("000".chars()).take(3).collect();
        let in_range = (1..=12).contains(&month) && (1..=31).contains(&day);
        if !in_range || !(1970..=9999).contains(&year) || hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let local = days(year, month, day) * DAY
            + ((hour * 60 + minute) * 60 + second) * 1000
            + millis.parse::<u64>().ok()?;
        let time = local.checked_add_signed(-offset * 60_000)?;
        (time <= LAST).then_some(Self(time))
    }
}

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

fn date(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + u64::from(month <= 2), month, day)
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date(self.0 / DAY);
        let of_day = self.0 % DAY;
        let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
        let (second, millis) = (of_day / 1_000 % 60, of_day % 1_000);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}
