//! Entries of sparse files: from the header that says so to the data.

use super::header::{BLOCK, Block, Format, Header};
use super::parser::{State, TarScan};
use super::pax::{Malformed, SparseForm};
use super::sparse::{self, DataMap};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::layer::table::EntryKind;

impl TarScan {
    pub(super) fn old_sparse(&mut self, header: &Header<'_>, findings: &mut Diagnostics) {
        // star has the same type flag over another layout.
        let real_size = (header.format == Format::Gnu).then(|| header.real_size());
        let real_size = real_size
            .flatten()
            .and_then(|size| u64::try_from(size).ok());
        let more = sparse::old_pairs(header.sparse_map(), &mut self.map);
        let (Some(size), Ok(more)) = (real_size, more) else {
            return self.keep_unmapped(BLOCK as u64, self.draft.stored, findings);
        };
        self.draft.size = size;
        self.draft.sparse = true;
        if more {
            self.state = State::OldMap { read: BLOCK };
        } else {
            self.keep(BLOCK as u64, self.draft.stored, findings);
        }
    }

    pub(super) fn old_map_block(&mut self, block: &Block, read: usize, findings: &mut Diagnostics) {
        let table = block.get(..sparse::EXTENSION).unwrap_or_default();
        match sparse::old_pairs(table, &mut self.map) {
            Ok(true) if read + BLOCK > self.limits.header_bytes => {
                findings.push(self.named(Diagnostic::new(
                    Severity::Error,
                    "limit-header-bytes",
                    "a sparse map is larger than the limit; the entries from there on were not read",
                )));
            }
            Ok(true) => self.state = State::OldMap { read: read + BLOCK },
            Ok(false) => self.keep(BLOCK as u64, self.draft.stored, findings),
            Err(Malformed) => self.keep_unmapped(BLOCK as u64, self.draft.stored, findings),
        }
    }

    pub(super) fn pax_sparse(&mut self, form: SparseForm, findings: &mut Diagnostics) {
        if let Some(name) = self.ahead.pax.sparse_name() {
            self.draft.path.clear();
            self.draft.path.extend_from_slice(name);
        }
        let stored = self.draft.stored;
        match self.draft.kind {
            EntryKind::File => {}
            EntryKind::Other(_) => return self.keep(BLOCK as u64, stored, findings),
            _ => return self.keep_unmapped(BLOCK as u64, stored, findings),
        }
        match self.ahead.pax.sparse_size() {
            None => {}
            Some(size) => match size.map(u64::try_from) {
                Ok(Ok(size)) => self.draft.size = size,
                _ => return self.keep_unmapped(BLOCK as u64, stored, findings),
            },
        }
        self.draft.sparse = true;
        match form {
            SparseForm::Records => match self.ahead.pax.sparse_map(&mut self.map) {
                Ok(()) => self.keep(BLOCK as u64, stored, findings),
                Err(Malformed) => self.keep_unmapped(BLOCK as u64, stored, findings),
            },
            SparseForm::Data if stored < BLOCK as u64 => {
                self.keep_unmapped(BLOCK as u64, stored, findings);
            }
            SparseForm::Data => {
                self.state = State::DataMap {
                    map: DataMap::default(),
                    left: stored,
                };
            }
        }
    }

    pub(super) fn data_map_block(
        &mut self,
        block: &Block,
        mut map: DataMap,
        left: u64,
        findings: &mut Diagnostics,
    ) {
        let left = left - BLOCK as u64;
        let read = self.draft.stored - left;
        match map.push(block, &mut self.map) {
            Ok(true) => self.keep(BLOCK as u64, left, findings),
            Ok(false) if left >= BLOCK as u64 && read <= self.limits.header_bytes as u64 => {
                self.state = State::DataMap { map, left };
            }
            _ => self.keep_unmapped(BLOCK as u64, left, findings),
        }
    }

    // A sparse file whose map is of no use: the entry stands, its content does not.
    fn keep_unmapped(&mut self, ahead: u64, stored: u64, findings: &mut Diagnostics) {
        findings.push(self.named(Diagnostic::new(
            Severity::Error,
            "tar-sparse-invalid",
            "a sparse file's map does not fit the file",
        )));
        self.draft.sparse = false;
        self.commit(ahead, stored, false, findings);
    }

    pub(super) fn keep(&mut self, ahead: u64, stored: u64, findings: &mut Diagnostics) {
        if self.draft.sparse && !sparse::is_sound(&self.map, self.draft.size, stored) {
            return self.keep_unmapped(ahead, stored, findings);
        }
        self.commit(ahead, stored, true, findings);
    }
}
