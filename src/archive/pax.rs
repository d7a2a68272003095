//! Records of a PAX extended header: `LENGTH KEY=VALUE\n`, the value any bytes.
//!
//! Not by the tar crate, which ends a value at its first line feed.

/// What a PAX header says about where a member lies and what it is called.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) sparse: bool,
    /// Offset of the first record that is none; what follows it is not read.
    pub(super) malformed: Option<usize>,
}

impl Records {
    /// Reads the records of one header; of several of one key the last counts.
    pub(super) fn read(header: &[u8]) -> Self {
        let mut records = Self::default();
        let mut sparse_name = None;
        let mut rest = header;
        while !rest.is_empty() {
            let Some((key, value, after)) = record(rest) else {
                records.malformed = Some(header.len() - rest.len());
                break;
            };
            // POSIX pax: an empty value takes the record back.
            let set = || (!value.is_empty()).then(|| value.to_vec());
            match key {
                b"path" => records.path = set(),
                b"linkpath" => records.link = set(),
                b"size" => {
                    records.size = number(value);
                    if records.size.is_none() && !value.is_empty() {
                        records.malformed = Some(header.len() - rest.len());
                    }
                }
                b"GNU.sparse.name" => sparse_name = set(),
                key if key.starts_with(b"GNU.sparse.") => records.sparse = true,
                _ => {}
            }
            rest = after;
        }
        if sparse_name.is_some() {
            records.path = sparse_name;
        }
        records
    }

    /// Whether anything here changes a member's name or place.
    pub(super) const fn says_where(&self) -> bool {
        self.path.is_some() || self.link.is_some() || self.size.is_some()
    }
}

fn record(bytes: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let space = bytes.iter().position(|&byte| byte == b' ')?;
    let length = usize::try_from(number(bytes.get(..space)?)?).ok()?;
    let (line, after) = bytes.split_at_checked(length)?;
    let body = line.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|&byte| byte == b'=')?;
    Some((body.get(..equals)?, body.get(equals + 1..)?, after))
}

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}
