//! Points in time as documents write them: RFC 3339, taken as leniently as
//! Go's `time.Time.UnmarshalJSON` does, which every image config went through.

const DAYS: [u32; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/// Whether Go's `time.Parse(time.RFC3339, text)` takes it: RFC 3339, and also
/// one digit for the hour, a comma before the fraction, offsets up to 24:60.
pub(crate) fn is_time(text: &[u8]) -> bool {
    parse(text).is_some()
}

fn parse(text: &[u8]) -> Option<()> {
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
    rest.fraction();
    let offset = rest.offset()?;
    let days = *DAYS.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    let leap = month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let in_range = (1..=days + u32::from(leap)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60
        && offset;
    (in_range && rest.0.is_empty()).then_some(())
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

    fn fraction(&mut self) {
        if let [b'.' | b',', b'0'..=b'9', ..] = self.0 {
            self.next();
            while self.0.first().is_some_and(u8::is_ascii_digit) {
                self.next();
            }
        }
    }

    // Whether the offset is in range; nothing where there is none.
    fn offset(&mut self) -> Option<bool> {
        match self.next()? {
            b'Z' => Some(true),
            b'+' | b'-' => {
                let hour = self.two()?;
                self.byte(b':')?;
                Some(hour <= 24 && self.two()? <= 60)
            }
            _ => None,
        }
    }
}
