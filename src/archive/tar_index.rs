//! The headers of the outer tar: name, kind, place and size of each member.
//!
//! Whatever stops the reading is a finding; the members before it stay. Where
//! tar readers differ this follows Go's `archive/tar`, which every container
//! tool is built on.

use tar::Header;

use super::error::Ending;
use super::member::{Location, Member, MemberKind, clean};
use super::pax::Records;
use super::window::{BLOCK, Window};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity, escape};
use crate::limits::Limits;
use crate::source::ReadAt;

/// What was read of a tar.
pub(super) struct Index {
    pub(super) members: Vec<Member>,
    pub(super) ending: Ending,
}

/// Reads a tar's headers up to its end marker, its end, or the first damage.
pub(super) fn read<S: ReadAt + ?Sized>(
    source: &S,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Index {
    let mut reader = Reader {
        window: Window::new(source),
        size: source.size(),
        offset: 0,
        members: Vec::new(),
        name_bytes: 0,
        extension: Extension::default(),
        limits,
        diagnostics,
    };
    let ending = loop {
        match reader.step() {
            Ok(()) => {}
            Err(ending) => break ending,
        }
    };
    reader.report(&ending);
    Index {
        members: reader.members,
        ending,
    }
}

/// Whether a block is a tar header by its checksum: that of POSIX over
/// unsigned bytes, or that of old writers over signed ones.
pub(super) fn checksum_holds(block: &[u8; BLOCK]) -> bool {
    let (mut unsigned, mut signed) = (0_i64, 0_i64);
    for (position, &byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&position) {
            b' '
        } else {
            byte
        };
        unsigned += i64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    block
        .get(148..156)
        .and_then(number)
        .and_then(|stored| i64::try_from(stored).ok())
        .is_some_and(|stored| stored == unsigned || stored == signed)
}

// What extension headers say about the member after them.
#[derive(Default)]
struct Extension {
    name: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    pax: Option<Records>,
}

impl Extension {
    const fn is_empty(&self) -> bool {
        self.name.is_none() && self.link.is_none() && self.pax.is_none()
    }
}

struct Reader<'a, S: ?Sized> {
    window: Window<'a, S>,
    size: u64,
    offset: u64,
    members: Vec<Member>,
    name_bytes: usize,
    extension: Extension,
    limits: &'a Limits,
    diagnostics: &'a mut Diagnostics,
}

impl<S: ReadAt + ?Sized> Reader<'_, S> {
    // One header: an extension or a member. An error is the end of the reading.
    fn step(&mut self) -> Result<(), Ending> {
        let at = self.offset;
        let Some(block) = self.block(at)? else {
            return Err(if at < self.size {
                Ending::CutHeader { offset: at }
            } else {
                Ending::NoMarker { offset: at }
            });
        };
        if block.iter().all(|&byte| byte == 0) {
            return Err(self.marker(at));
        }
        if !checksum_holds(&block) {
            return Err(Ending::BadHeader { offset: at });
        }
        let header = Header::from_byte_slice(&block);
        let flag = header.entry_type().as_byte();
        let size = block.get(124..136).and_then(number);
        let size = size.ok_or(Ending::BadHeader { offset: at })?;
        let data = at.saturating_add(BLOCK as u64);
        match flag {
            b'L' => {
                let name = self.text(at, data, size)?;
                self.extension.name = Some(name);
            }
            b'K' => {
                let link = self.text(at, data, size)?;
                self.extension.link = Some(link);
            }
            b'x' | b'X' => {
                let records = self.records(at, data, size)?;
                self.extension.pax = Some(records);
            }
            b'g' => {
                // Go's reader gives global records no effect on later members.
                if self.records(at, data, size)?.says_where() {
                    self.warn(
                        "tar-global-name",
                        "a global PAX header names a path or size for all members; it is ignored",
                        at,
                    );
                }
            }
            flag => return self.member(&block, flag, size, at),
        }
        self.skip(data, size)
    }

    fn member(&mut self, block: &[u8; BLOCK], flag: u8, size: u64, at: u64) -> Result<(), Ending> {
        if self.members.len() >= self.limits.members {
            return Err(Ending::Members { offset: at });
        }
        let header = Header::from_byte_slice(block);
        let extension = std::mem::take(&mut self.extension);
        let pax = extension.pax.unwrap_or_default();
        let raw = extension
            .name
            .or(pax.path)
            .unwrap_or_else(|| header.path_bytes().into_owned());
        let target = extension
            .link
            .or(pax.link)
            .or_else(|| header.link_name_bytes().map(|name| name.into_owned()))
            .unwrap_or_default();
        let mut size = pax.size.unwrap_or(size);
        let mut data = at.saturating_add(BLOCK as u64);
        if flag == b'S' {
            data = self.after_sparse_map(block, data)?;
        }
        let kind = kind(flag, pax.sparse, &raw, target);
        if size > 0 && has_no_data(&kind) {
            // Go's isHeaderOnlyType: the size of a link, folder or device is void.
            self.warn(
                "tar-size-ignored",
                "a link, folder or device states a size; no data follows it",
                at,
            );
            size = 0;
        }
        self.keep(raw, kind, data, size, at)?;
        self.skip(data, size)
    }

    fn keep(
        &mut self,
        raw: Vec<u8>,
        kind: MemberKind,
        offset: u64,
        size: u64,
        at: u64,
    ) -> Result<(), Ending> {
        if raw.len() > self.limits.path_bytes {
            self.diagnostics.push(
                Diagnostic::new(
                    Severity::Error,
                    "limit-path",
                    "a member's name is longer than any path; the member is left out",
                )
                .offset(at)
                .expected(self.limits.path_bytes, raw.len()),
            );
            return Ok(());
        }
        let link = match &kind {
            MemberKind::Symlink { target } | MemberKind::Hardlink { target } => target.len(),
            _ => 0,
        };
        self.name_bytes = self
            .name_bytes
            .saturating_add(raw.len())
            .saturating_add(link);
        if self.name_bytes > self.limits.member_name_bytes {
            return Err(Ending::Names { offset: at });
        }
        let cleaned = clean(&raw);
        let leads_out = cleaned.is_none();
        let path = cleaned.unwrap_or(raw);
        let available = self.size.saturating_sub(offset).min(size);
        for (applies, code, message) in [
            (
                leads_out,
                "member-leads-out",
                "a member's name leads out of the archive",
            ),
            (
                kind == (MemberKind::Other { flag: b'S' }),
                "member-sparse",
                "a member is stored as a sparse file, which image tools do not write; \
                 its bytes cannot be addressed",
            ),
            (
                available < size,
                "member-truncated",
                "the archive ends inside this member",
            ),
        ] {
            if applies {
                let mut finding = Diagnostic::new(Severity::Error, code, message)
                    .blob(escape(&path))
                    .offset(at);
                if code == "member-truncated" {
                    finding = finding.expected(size, available);
                }
                self.diagnostics.push(finding);
            }
        }
        self.members.push(Member {
            path: path.into(),
            kind,
            location: Location {
                source: 0,
                offset,
                size,
                available,
            },
            leads_out,
        });
        Ok(())
    }

    // GNU tar, "Old GNU Format": blocks of the map follow the header while the
    // last one says that there is another.
    fn after_sparse_map(&mut self, block: &[u8; BLOCK], data: u64) -> Result<u64, Ending> {
        let mut data = data;
        let mut more = block.get(482).is_some_and(|&byte| byte != 0);
        while more {
            let next = self.block(data)?;
            let next = next.ok_or(Ending::CutHeader { offset: data })?;
            more = next.get(504).is_some_and(|&byte| byte != 0);
            data = data.saturating_add(BLOCK as u64);
        }
        Ok(data)
    }

    fn text(&mut self, at: u64, data: u64, size: u64) -> Result<Vec<u8>, Ending> {
        let bytes = self.extension_data(at, data, size)?;
        Ok(bytes
            .split(|&byte| byte == 0)
            .next()
            .unwrap_or_default()
            .to_vec())
    }

    fn records(&mut self, at: u64, data: u64, size: u64) -> Result<Records, Ending> {
        let records = Records::read(self.extension_data(at, data, size)?);
        if let Some(position) = records.malformed {
            self.warn(
                "tar-pax-malformed",
                "a PAX header is malformed; its records count up to there",
                data.saturating_add(position as u64),
            );
        }
        Ok(records)
    }

    fn extension_data(&mut self, at: u64, data: u64, size: u64) -> Result<&[u8], Ending> {
        let length = usize::try_from(size)
            .ok()
            .filter(|&length| length <= self.limits.header_bytes)
            .ok_or(Ending::Header { offset: at, size })?;
        let failed = |error| Ending::failed(data, &error);
        let bytes = self.window.bytes(data, length).map_err(failed)?;
        if bytes.len() < length {
            return Err(Ending::CutHeader { offset: at });
        }
        Ok(bytes)
    }

    fn skip(&mut self, data: u64, size: u64) -> Result<(), Ending> {
        let cut = Ending::CutMember {
            offset: self.offset,
        };
        let end = data.checked_add(size).ok_or(cut.clone())?;
        if end > self.size {
            return Err(cut);
        }
        self.offset = end
            .checked_next_multiple_of(BLOCK as u64)
            .ok_or(cut)?
            // Writers that leave out the end marker may leave out the padding too.
            .min(self.size);
        Ok(())
    }

    fn block(&mut self, offset: u64) -> Result<Option<[u8; BLOCK]>, Ending> {
        self.window
            .block(offset)
            .map_err(|error| Ending::failed(offset, &error))
    }

    // POSIX ustar: two blocks of zeros end the archive. One alone ends it too,
    // with a finding where something follows, which most tools never see.
    fn marker(&mut self, at: u64) -> Ending {
        let second = at.saturating_add(BLOCK as u64);
        match self.block(second) {
            Ok(Some(block)) if block.iter().any(|&byte| byte != 0) => {
                self.warn(
                    "tar-lone-zero-block",
                    "a single block of zeros ends the archive, but data follows it; \
                     it is not read",
                    at,
                );
                Ending::Marker
            }
            Err(failed) => failed,
            Ok(_) => Ending::Marker,
        }
    }

    fn report(&mut self, ending: &Ending) {
        if !self.extension.is_empty() {
            self.warn(
                "tar-extension-alone",
                "the archive ends with an extension header and no member for it",
                self.offset,
            );
        }
        // A member that is cut off has its own finding.
        if matches!(ending, Ending::Marker | Ending::CutMember { .. }) {
            return;
        }
        self.diagnostics.push(ending.diagnostic());
    }

    fn warn(&mut self, code: &str, message: &str, offset: u64) {
        self.diagnostics
            .push(Diagnostic::new(Severity::Warning, code, message).offset(offset));
    }
}

fn kind(flag: u8, sparse: bool, raw: &[u8], target: Vec<u8>) -> MemberKind {
    match flag {
        b'1' => MemberKind::Hardlink {
            target: target.into(),
        },
        b'2' => MemberKind::Symlink {
            target: target.into(),
        },
        b'5' => MemberKind::Dir,
        // v7 has no type for a folder: its name ends with a slash.
        b'0' | b'\0' if raw.ends_with(b"/") => MemberKind::Dir,
        b'0' | b'\0' | b'7' if sparse => MemberKind::Other { flag: b'S' },
        b'0' | b'\0' | b'7' => MemberKind::File,
        flag => MemberKind::Other { flag },
    }
}

fn has_no_data(kind: &MemberKind) -> bool {
    match kind {
        MemberKind::File => false,
        MemberKind::Dir | MemberKind::Symlink { .. } | MemberKind::Hardlink { .. } => true,
        MemberKind::Other { flag } => matches!(flag, b'3' | b'4' | b'6'),
    }
}

/// A number field: octal text between spaces and zeros, or, where the first
/// bit is set, GNU's big-endian binary. None for what does not fit 64 bits.
fn number(field: &[u8]) -> Option<u64> {
    let (&first, rest) = field.split_first()?;
    if first & 0x80 == 0 {
        let padding = |byte: &u8| matches!(byte, b' ' | 0);
        let start = field
            .iter()
            .position(|byte| !padding(byte))
            .unwrap_or(field.len());
        let digits = field.get(start..)?;
        let end = digits.iter().position(padding).unwrap_or(digits.len());
        let (digits, tail) = digits.split_at_checked(end)?;
        if !tail.iter().all(padding) {
            return None;
        }
        return digits.iter().try_fold(0_u64, |value, &digit| match digit {
            b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
            _ => None,
        });
    }
    // 0x40 is the sign: no size is negative.
    if first != 0x80 {
        return None;
    }
    rest.iter().try_fold(0_u64, |value, &byte| {
        value.checked_mul(256)?.checked_add(u64::from(byte))
    })
}
