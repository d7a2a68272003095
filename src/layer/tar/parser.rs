//! The state machine: blocks and data in any cut, entries into a table.

use super::draft::{Ahead, Draft, count, cut_at_nul};
use super::header::{BLOCK, Block, Header};
use super::sparse::{self, Content, DataMap};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::layer::table::{Entry, EntryKind, EntryTable, Fragment, RawPath, TableFull, TablePage};

use crate::limits::Limits;
use crate::report::{EntryCounts, Reason};

/// Parses the tar of one layer, which is unpacked and pushed in any cut.
pub struct TarScan {
    pub(super) limits: Limits,
    digests: bool,
    pub(super) state: State,
    // A block that a cut divides is gathered here.
    block: Box<Block>,
    filled: usize,
    // Offset of the next byte.
    offset: u64,
    pub(super) ahead: Ahead,
    pub(super) draft: Draft,
    pub(super) map: Vec<Fragment>,
    content: Option<Content>,
    hole_bytes: u64,
    table: EntryTable,
    counts: EntryCounts,
}

pub(super) enum State {
    Header,
    /// One block of zeros was read; a second one ends the archive.
    LoneZero,
    /// The data of a header about the next header, and the padding after it.
    Meta {
        kind: Meta,
        left: u64,
        padding: u64,
    },
    /// Extension blocks of an old GNU sparse map.
    OldMap {
        read: usize,
    },
    /// Blocks of a sparse map at the head of the data.
    DataMap {
        map: DataMap,
        left: u64,
    },
    Data {
        left: u64,
        padding: u64,
    },
    Padding {
        left: u64,
    },
    /// After the end marker.
    Ended {
        junk: bool,
    },
    /// After something that makes the rest unreadable.
    Stopped,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meta {
    Pax,
    Global,
    LongName,
    LongLink,
}

impl TarScan {
    /// A parse that has seen no bytes; with `digests`, files' contents are hashed.
    pub fn new(limits: &Limits, digests: bool) -> Self {
        Self {
            limits: limits.clone(),
            digests,
            state: State::Header,
            block: Box::new([0; BLOCK]),
            filled: 0,
            offset: 0,
            ahead: Ahead::default(),
            draft: Draft::new(),
            map: Vec::new(),
            content: None,
            hole_bytes: 0,
            table: EntryTable::new(),
            counts: EntryCounts::default(),
        }
    }

    /// Takes the next bytes of the unpacked layer, all of them.
    pub fn push(&mut self, bytes: &[u8], findings: &mut Diagnostics) {
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = self.step(rest, findings);
            self.offset += used as u64;
            rest = rest.get(used..).unwrap_or_default();
        }
    }

    /// Takes a page of entries that are complete; limits count it all the same.
    pub fn take_page(&mut self) -> Option<TablePage> {
        self.table.take_page()
    }

    /// Ends the parse; `failure` says why the stream ended before its end.
    pub fn finish(
        mut self,
        failure: Option<Reason>,
        findings: &mut Diagnostics,
    ) -> (EntryTable, EntryCounts) {
        let whole = failure.is_none();
        let truncated = match &self.state {
            // What ends at a limit of ours is not truncated.
            _ if failure == Some(Reason::Limit) => None,
            State::Ended { .. } | State::Stopped => None,
            State::Header if self.filled > 0 && self.offset < BLOCK as u64 => {
                if whole {
                    findings.push(self.not_a_tar());
                }
                None
            }
            State::Header | State::LoneZero if self.filled == 0 => Some(self.ahead.first.is_some()),
            // As in Go, the padding after the last entry may be missing.
            State::Padding { .. } => Some(false),
            _ => Some(true),
        };
        match truncated {
            Some(true) => findings.push(
                self.named(Diagnostic::new(
                    Severity::Error,
                    "tar-truncated",
                    "the tar ends inside an entry",
                ))
                .offset(self.offset),
            ),
            Some(false) if whole => findings.push(
                Diagnostic::new(
                    Severity::Note,
                    "tar-no-end-marker",
                    "the tar ends without its two blocks of zeros",
                )
                .offset(self.offset),
            ),
            _ => {}
        }
        self.table.shrink();
        (self.table, self.counts)
    }

    // Uses at least one byte of `bytes`, which is not empty.
    fn step(&mut self, bytes: &[u8], findings: &mut Diagnostics) -> usize {
        match &mut self.state {
            State::Header | State::LoneZero | State::OldMap { .. } | State::DataMap { .. } => {
                if self.filled == 0
                    && let Some(block) = bytes.first_chunk::<BLOCK>()
                {
                    self.block(block, findings);
                    return BLOCK;
                }
                let space = self.block.get_mut(self.filled..).unwrap_or_default();
                let length = space.len().min(bytes.len());
                for (to, from) in space.iter_mut().zip(bytes) {
                    *to = *from;
                }
                self.filled += length;
                if self.filled == BLOCK {
                    self.filled = 0;
                    let block = *self.block;
                    // Handlers place blocks by where they begin.
                    self.offset = (self.offset + length as u64).saturating_sub(BLOCK as u64);
                    self.block(&block, findings);
                    self.offset = (self.offset + BLOCK as u64).saturating_sub(length as u64);
                }
                length
            }
            State::Meta {
                kind,
                left,
                padding,
            } => {
                let (kind, padding) = (*kind, *padding);
                let data = prefix(bytes, *left);
                *left -= data.len() as u64;
                let done = *left == 0;
                match kind {
                    Meta::Pax => self.ahead.pax.extend(data),
                    Meta::LongName => self.ahead.long_name.extend_from_slice(data),
                    Meta::LongLink => self.ahead.long_link.extend_from_slice(data),
                    Meta::Global => {}
                }
                if done {
                    self.state = after_data(padding);
                    self.end_meta(kind, findings);
                }
                data.len()
            }
            State::Data { left, padding } => {
                let data = prefix(bytes, *left);
                *left -= data.len() as u64;
                if let Some(content) = &mut self.content {
                    content.update(data);
                }
                if *left == 0 {
                    self.state = after_data(*padding);
                    self.end_content();
                }
                data.len()
            }
            State::Padding { left } => {
                let length = prefix(bytes, *left).len();
                *left -= length as u64;
                if *left == 0 {
                    self.state = State::Header;
                }
                length
            }
            State::Ended { junk } => {
                if !*junk && bytes.iter().any(|&byte| byte != 0) {
                    *junk = true;
                    findings.push(
                        Diagnostic::new(
                            Severity::Warning,
                            "tar-trailing-data",
                            "data follows the tar's end marker",
                        )
                        .offset(self.offset),
                    );
                }
                bytes.len()
            }
            State::Stopped => bytes.len(),
        }
    }

    fn block(&mut self, block: &Block, findings: &mut Diagnostics) {
        match std::mem::replace(&mut self.state, State::Stopped) {
            State::LoneZero if is_zero(block) => self.state = State::Ended { junk: false },
            // Go refuses such an archive; GNU tar warns and stops.
            State::LoneZero => findings.push(
                Diagnostic::new(
                    Severity::Error,
                    "tar-lone-zero-block",
                    "a single block of zeros, where two end a tar; what follows was not read",
                )
                .offset(self.offset),
            ),
            State::OldMap { read } => self.old_map_block(block, read, findings),
            State::DataMap { map, left } => self.data_map_block(block, map, left, findings),
            _ if is_zero(block) => self.state = State::LoneZero,
            _ => match Header::new(block) {
                Some(header) => self.header(header, findings),
                None if self.offset == 0 => findings.push(self.not_a_tar()),
                None => findings.push(
                    Diagnostic::new(
                        Severity::Error,
                        "tar-header-checksum",
                        "a header's checksum is wrong; the entries from there on were not read",
                    )
                    .offset(self.offset),
                ),
            },
        }
    }

    // Leaves the state at `Stopped` where nothing after the header can be read.
    fn header(&mut self, header: Header<'_>, findings: &mut Diagnostics) {
        self.ahead.first.get_or_insert(self.offset);
        let kind = match header.type_flag() {
            b'x' => Meta::Pax,
            b'g' => Meta::Global,
            b'L' => Meta::LongName,
            b'K' => Meta::LongLink,
            _ => return self.entry(header, findings),
        };
        let Some(left) = header.size().and_then(|size| u64::try_from(size).ok()) else {
            return findings.push(self.bad_size());
        };
        if kind != Meta::Global && left > self.limits.header_bytes as u64 {
            return findings.push(
                Diagnostic::new(
                    Severity::Error,
                    "limit-header-bytes",
                    "an extended header is larger than the limit; the entries from there on were not read",
                )
                .offset(self.offset)
                .expected(self.limits.header_bytes, left),
            );
        }
        // A later header of the same kind replaces an earlier one.
        match kind {
            Meta::Pax => self.ahead.pax.clear(),
            Meta::LongName => self.ahead.long_name.clear(),
            Meta::LongLink => self.ahead.long_link.clear(),
            Meta::Global => {}
        }
        let padding = padding(left);
        if left == 0 {
            self.state = State::Header;
            self.end_meta(kind, findings);
        } else {
            self.state = State::Meta {
                kind,
                left,
                padding,
            };
        }
    }

    fn end_meta(&mut self, kind: Meta, findings: &mut Diagnostics) {
        match kind {
            Meta::Pax => {
                if self.ahead.pax.read().is_err() {
                    self.state = State::Stopped;
                    findings.push(
                        Diagnostic::new(
                            Severity::Error,
                            "tar-pax-invalid",
                            "a PAX header's records are malformed; the entries from there on were not read",
                        )
                        .offset(self.ahead.first.unwrap_or(self.offset)),
                    );
                }
            }
            Meta::LongName => cut_at_nul(&mut self.ahead.long_name),
            Meta::LongLink => cut_at_nul(&mut self.ahead.long_link),
            // Go hands a global header out as an entry of its own, which
            // appliers skip: its records reach no other entry, and what stood
            // before it is forgotten.
            Meta::Global => {
                findings.push(
                    Diagnostic::new(
                        Severity::Note,
                        "tar-pax-global",
                        "a global PAX header was ignored, as the tools that unpack layers do",
                    )
                    .offset(self.ahead.first.unwrap_or(self.offset)),
                );
                self.ahead.clear();
            }
        }
    }

    fn entry(&mut self, header: Header<'_>, findings: &mut Diagnostics) {
        self.draft.header_offset = self.ahead.first.unwrap_or(self.offset);
        self.draft.names(&header, &self.ahead);
        let flag = header.type_flag();
        self.draft.set_kind(flag);
        for field in self.draft.numbers(&header, &self.ahead.pax) {
            let message =
                format!("the {field} of an entry is not a number that fits; it was taken as 0");
            let finding = Diagnostic::new(Severity::Error, "tar-header-number", message);
            findings.push(self.named(finding));
        }
        let size = match self.ahead.pax.size() {
            Some(size) => size.ok(),
            None => header.size(),
        };
        let Some(size) = size.and_then(|size| u64::try_from(size).ok()) else {
            return findings.push(self.bad_size());
        };
        // Links, devices, pipes and directories have no data, whatever their
        // size field says; archives exist where it says something.
        let has_data = matches!(self.draft.kind, EntryKind::File | EntryKind::Other(_));
        let stored = if has_data { size } else { 0 };
        self.draft.stored = stored;
        self.draft.size = if self.draft.kind == EntryKind::File {
            size
        } else {
            0
        };
        self.draft.sparse = false;
        self.map.clear();
        if flag == b'S' {
            self.old_sparse(&header, findings);
        } else if let Some(form) = self.ahead.pax.sparse_form() {
            self.pax_sparse(form, findings);
        } else {
            self.keep(BLOCK as u64, stored, findings);
        }
    }

    // Puts the draft into the table; its data begins `ahead` bytes after the
    // block in hand, and fills `stored` bytes.
    pub(super) fn commit(
        &mut self,
        ahead: u64,
        stored: u64,
        mapped: bool,
        findings: &mut Diagnostics,
    ) {
        let draft = &self.draft;
        let mut finding = None;
        let texts = draft.path.len()
            + draft.link_name.len()
            + self.map.len().saturating_mul(size_of::<Fragment>());
        if draft.path.len().max(draft.link_name.len()) > self.limits.path_bytes {
            // The name itself would make the finding as large as what it is about.
            finding = Some(Diagnostic::new(
                Severity::Error,
                "limit-path-bytes",
                "an entry's path or link name is longer than the limit; the entry was left out",
            ));
        } else if self.table.len() >= self.limits.layer_entries {
            finding = Some(Diagnostic::new(
                Severity::Error,
                "limit-layer-entries",
                "the layer has more entries than the limit; the others were not read",
            ));
            self.state = State::Stopped;
        } else if self.table.memory().saturating_add(texts) > self.limits.layer_table_bytes
            || self.push_row(ahead, stored, mapped).is_err()
        {
            finding = Some(Diagnostic::new(
                Severity::Error,
                "limit-layer-table-bytes",
                "the layer's entries need more memory than the limit; the others were not read",
            ));
            self.state = State::Stopped;
        }
        let stopped = finding
            .as_ref()
            .is_some_and(|finding| finding.code != "limit-path-bytes");
        if let Some(finding) = finding.take() {
            findings.push(finding.offset(self.draft.header_offset));
        } else {
            self.begin_content(mapped, stored, findings);
        }
        self.ahead.clear();
        if stopped {
            return;
        }
        let padding = padding(stored);
        if stored == 0 {
            self.state = State::Header;
            self.end_content();
        } else {
            self.state = State::Data {
                left: stored,
                padding,
            };
        }
    }

    fn push_row(&mut self, ahead: u64, stored: u64, mapped: bool) -> Result<(), TableFull> {
        let draft = &self.draft;
        let path = RawPath::new(&draft.path);
        self.table.push(&Entry {
            kind: draft.kind,
            path,
            link_name: &draft.link_name,
            mode: draft.mode,
            uid: draft.uid,
            gid: draft.gid,
            size: draft.size,
            mtime: draft.mtime,
            device: draft.device,
            xattrs: self.ahead.pax.xattrs(),
            content: None,
            header_offset: draft.header_offset,
            data_offset: self.offset + ahead,
            stored_size: if draft.kind == EntryKind::File {
                stored
            } else {
                0
            },
        })?;
        count(&mut self.counts, draft.kind, path);
        if draft.kind != EntryKind::File || (mapped && !draft.sparse) {
            return Ok(());
        }
        self.table.set_last_map(mapped.then_some(&self.map))
    }

    fn begin_content(&mut self, mapped: bool, stored: u64, findings: &mut Diagnostics) {
        if !self.digests || self.draft.kind != EntryKind::File || !mapped {
            return;
        }
        if !self.draft.sparse {
            self.content = Some(Content::whole(self.draft.size));
            return;
        }
        let holes = sparse::holes(self.draft.size, stored);
        self.hole_bytes = self.hole_bytes.saturating_add(holes);
        if self.hole_bytes > self.limits.sparse_hole_bytes {
            self.hole_bytes -= holes.min(self.hole_bytes);
            findings.push(self.named(Diagnostic::new(
                Severity::Warning,
                "limit-sparse-hole-bytes",
                "a sparse file's holes are larger than the limit; its content has no digest",
            )));
            return;
        }
        let map = std::mem::take(&mut self.map);
        self.content = Some(Content::sparse(self.draft.size, map));
    }

    fn end_content(&mut self) {
        if let Some(content) = self.content.take() {
            self.table.set_last_content(&content.finish());
        }
    }

    fn not_a_tar(&self) -> Diagnostic {
        Diagnostic::new(
            Severity::Error,
            "tar-not-a-tar",
            "the layer's content is not a tar",
        )
    }

    fn bad_size(&self) -> Diagnostic {
        Diagnostic::new(
            Severity::Error,
            "tar-header-number",
            "a header's size is not a number that fits; the entries from there on were not read",
        )
        .offset(self.offset)
    }

    // Names the entry in hand, if its name is not so long that it drowns the finding.
    pub(super) fn named(&self, finding: Diagnostic) -> Diagnostic {
        let finding = finding.offset(self.draft.header_offset);
        if self.draft.path.len() <= self.limits.path_bytes {
            finding.path(&self.draft.path)
        } else {
            finding
        }
    }
}

fn is_zero(block: &Block) -> bool {
    block.iter().all(|&byte| byte == 0)
}

fn prefix(bytes: &[u8], left: u64) -> &[u8] {
    let length = usize::try_from(left).unwrap_or(usize::MAX);
    bytes.get(..length).unwrap_or(bytes)
}

fn padding(size: u64) -> u64 {
    size.next_multiple_of(BLOCK as u64) - size
}

const fn after_data(padding: u64) -> State {
    if padding == 0 {
        State::Header
    } else {
        State::Padding { left: padding }
    }
}
