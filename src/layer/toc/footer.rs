//! The end of an eStargz layer: an empty gzip member that says where the table of contents begins
//! (docs/estargz.md, "Footer"), and that of stargz before it.

/// Bytes of the footer of eStargz, the longer one.
const LENGTH: usize = 51;
/// Bytes of the footer of stargz, whose extra field is not divided.
const LEGACY_LENGTH: usize = 47;
/// A gzip header with an extra field, RFC 1952 2.3.
const GZIP: &[u8] = b"\x1f\x8b\x08\x04";
/// Bytes of the gzip header before the extra field's length.
const HEADER: usize = 10;
/// Length of the extra field, then the subfield's name and length.
const EXTRA: &[u8] = b"\x1a\0SG\x16\0";
const LEGACY_EXTRA: &[u8] = b"\x16\0";
const DIGITS: usize = 16;
const MARK: &[u8] = b"STARGZ";

/// What a footer says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footer {
    /// Stored bytes before the table of contents.
    pub(super) toc: u64,
    /// Bytes of the footer itself.
    pub(super) length: usize,
}

impl Footer {
    /// The footer at the end of a layer's last bytes.
    pub(super) fn at_end(tail: &[u8]) -> Option<Self> {
        let of = |length: usize, extra: &[u8]| {
            let footer = tail.get(tail.len().checked_sub(length)?..)?;
            let rest = footer.get(HEADER..)?.strip_prefix(extra)?;
            let (digits, rest) = rest.split_at_checked(DIGITS)?;
            let is_one = footer.starts_with(GZIP) && rest.starts_with(MARK);
            // By hand: the library takes a sign as well.
            let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
            let digits = std::str::from_utf8(digits).ok()?;
            let toc = u64::from_str_radix(digits, 16).ok()?;
            (is_one && is_hex).then_some(Self { toc, length })
        };
        of(LENGTH, EXTRA).or_else(|| of(LEGACY_LENGTH, LEGACY_EXTRA))
    }
}
