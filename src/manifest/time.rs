//! Points in time as documents write them: RFC 3339, taken as leniently as
//! Go's `time.Time.UnmarshalJSON` does, which every image config went through.

/// What [`instant`] counts up to 1970: the days, the first of January among them.
const UNIX_EPOCH: i64 = 719_529 * 86_400;

const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Whether Go's `time.Parse(time.RFC3339, text)` takes it: RFC 3339, and also
/// one digit for the hour, a comma before the fraction, offsets up to 24:60.
pub(crate) fn is_time(text: &[u8]) -> bool {
    instant(text).is_some()
}

/// Seconds since 1970 and nanoseconds, where [`is_time`].
pub(crate) fn unix(text: &[u8]) -> Option<(i64, u32)> {
    let (seconds, nanoseconds) = instant(text)?;
    Some((seconds - UNIX_EPOCH, nanoseconds))
}

/// Seconds since the year 0 and nanoseconds, where [`is_time`]: two of them
/// compare as the times do.
pub(crate) fn instant(text: &[u8]) -> Option<(i64, u32)> {
    let mut rest = Rest(text);
    let year = rest.two()? * 100 + rest.two()?;
    rest.byte(b'-')?;
    let month = rest.two()?;
    rest.byte(b'-')?;
    let day = rest.two()?;
    rest.byte(b'T')?;
    let hour = rest.one_or_two()?;
    rest.byte(b':')?;
    let minute = rest.two()?;
    rest.byte(b':')?;
    let second = rest.two()?;
    let nanoseconds = rest.fraction();
    let offset = rest.offset()?;
    let days = *DAYS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let in_range = (1..=days + u32::from(leap && month == 2)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !in_range || !rest.0.is_empty() {
        return None;
    }
    // Days of the years before; the year 0 is a leap year.
    let before = year.saturating_sub(1);
    let leap_days = before / 4 - before / 100 + before / 400 + u32::from(year > 0);
    let this_year: u32 = DAYS.iter().zip(1..month).map(|(days, _)| days).sum();
    let days = year * 365 + leap_days + this_year + u32::from(leap && month > 2) + day;
    let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second);
    Some((i64::from(days) * 86_400 + seconds - offset, nanoseconds))
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn byte(&mut self, expected: u8) -> Option<()> {
        (self.next()? == expected).then_some(())
    }

    fn digit(&mut self) -> Option<u32> {
        let byte = self.next()?;
        byte.is_ascii_digit().then(|| u32::from(byte - b'0'))
    }

    fn two(&mut self) -> Option<u32> {
        Some(self.digit()? * 10 + self.digit()?)
    }

    fn one_or_two(&mut self) -> Option<u32> {
        let first = self.digit()?;
        match self.0.first() {
            Some(byte) if byte.is_ascii_digit() => Some(first * 10 + self.digit()?),
            _ => Some(first),
        }
    }

    // Nanoseconds; what is finer is left out.
    fn fraction(&mut self) -> u32 {
        let (mut nanoseconds, mut unit) = (0, 100_000_000);
        if let [b'.' | b',', b'0'..=b'9', ..] = self.0 {
            self.next();
            while let Some(byte) = self.0.first().filter(|byte| byte.is_ascii_digit()) {
                nanoseconds += u32::from(byte - b'0') * unit;
                unit /= 10;
                self.next();
            }
        }
        nanoseconds
    }

    // Seconds east of UTC; nothing where they are out of range.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.next()? {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hour = self.two()?;
        self.byte(b':')?;
        let minute = self.two()?;
        (hour <= 24 && minute <= 60)
            .then_some(sign * (i64::from(hour) * 3600 + i64::from(minute) * 60))
    }
}
