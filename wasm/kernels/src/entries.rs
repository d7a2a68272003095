//! A layer of many small files, from its unpacked bytes to its tree: each step by
//! itself, as two workers do them.

#[path = "../../../benches/sample.rs"]
mod sample;

use std::hint::black_box;
use std::sync::Arc;

use oci_lens::diagnostic::Diagnostics;
use oci_lens::layer::TarScan;
use oci_lens::layer::table::EntryTable;
use oci_lens::limits::Limits;
use oci_lens::report::{PathPattern, PatternKind, TreeQuery};
use oci_lens::tree::view::TreeView;
use oci_lens::tree::{MergedTree, Rules};
use wasm_bindgen::prelude::wasm_bindgen;

use sample::Sample;

/// Findings that are kept; there are none.
const FINDINGS: usize = 10;
/// Rows that a page asks for.
const ROWS: usize = 100;

/// A layer on its way.
#[wasm_bindgen]
pub struct Entries {
    sample: Sample,
    chunk: Vec<u8>,
    scan: Option<TarScan>,
    packed: Vec<u8>,
    table_bytes: usize,
    table: Arc<EntryTable>,
    tree: MergedTree,
    view: Option<TreeView>,
}

#[wasm_bindgen]
impl Entries {
    /// A layer of so many entries, of which none is made yet.
    #[wasm_bindgen(constructor)]
    pub fn new(entries: usize) -> Self {
        let limits = Limits::default();
        Self {
            sample: Sample::new(entries),
            chunk: Vec::new(),
            scan: Some(TarScan::new(&limits, false)),
            packed: Vec::new(),
            table_bytes: 0,
            table: Arc::default(),
            tree: MergedTree::new(Rules::Spec, &limits),
            view: None,
        }
    }

    /// Makes the next bytes of the tar; false after the last.
    pub fn make(&mut self) -> bool {
        self.chunk = self.sample.next().unwrap_or_default();
        !self.chunk.is_empty()
    }

    /// The bytes that were made.
    pub fn made(&self) -> Vec<u8> {
        self.chunk.clone()
    }

    /// Reads the entries in the bytes that were made.
    pub fn walk(&mut self) {
        if let Some(scan) = &mut self.scan {
            scan.push(&self.chunk, &mut Diagnostics::new(FINDINGS));
        }
    }

    /// Packs the table, for another worker.
    pub fn pack(&mut self) {
        let scan = self.scan.take();
        let table = scan.map(|scan| scan.finish(None, &mut Diagnostics::new(FINDINGS)).0);
        let table = table.unwrap_or_default();
        self.table_bytes = table.memory();
        self.packed = postcard::to_allocvec(&table).unwrap_or_default();
    }

    /// Unpacks it there.
    pub fn unpack(&mut self) {
        self.table = Arc::new(postcard::from_bytes(&self.packed).unwrap_or_default());
        self.packed = Vec::new();
    }

    /// Applies the layer; returns how many paths there are.
    pub fn apply(&mut self) -> usize {
        let mut findings = Diagnostics::new(FINDINGS);
        self.tree.apply(0, Arc::clone(&self.table), &mut findings);
        self.tree.len()
    }

    /// Shows the paths that a text, a glob or a regular expression finds, first rows and all;
    /// returns how many these are. Without a pattern that is all of them.
    pub fn filter(&mut self, kind: &str, pattern: &str) -> u32 {
        let view = self.view.get_or_insert_with(|| TreeView::new(&self.tree));
        let pattern = PathPattern {
            pattern: pattern.to_owned(),
            kind: match kind {
                "glob" => PatternKind::Glob,
                "regex" => PatternKind::Regex,
                _ => PatternKind::Text,
            },
            case_sensitive: false,
        };
        let query = TreeQuery {
            pattern: Some(pattern),
            ..TreeQuery::default()
        };
        if view.arrange(&self.tree, query, &Limits::default()).is_err() {
            return 0;
        }
        black_box(view.rows(&self.tree, 0, ROWS));
        view.selected()
    }

    /// Bytes that the tree takes.
    #[wasm_bindgen(js_name = treeBytes)]
    pub fn tree_bytes(&self) -> usize {
        self.tree.memory()
    }

    /// Bytes that the table takes, once its layer is read.
    #[wasm_bindgen(js_name = tableBytes)]
    pub fn table_bytes(&self) -> usize {
        self.table_bytes
    }
}
