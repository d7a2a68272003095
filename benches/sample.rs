//! Layers of many small files, made on the spot: names, depths and repetitions as
//! in the dependencies that images carry by the hundred thousand.

use std::collections::VecDeque;

const BLOCK: usize = 512;

const WORDS: [&str; 48] = [
    "core", "util", "parse", "stream", "buffer", "client", "server", "config", "async", "cache",
    "event", "format", "graph", "http", "index", "json", "kernel", "lexer", "module", "node",
    "option", "path", "query", "render", "schema", "token", "update", "value", "worker", "xml",
    "yaml", "zone", "array", "binary", "color", "date", "error", "filter", "global", "handler",
    "iterator", "link", "merge", "number", "object", "promise", "range", "string",
];
const FOLDERS: [&str; 12] = [
    "lib",
    "dist",
    "src",
    "test",
    "esm",
    "cjs",
    "types",
    "internal",
    "__pycache__",
    "helpers",
    "locale",
    "vendor",
];
/// Names that packages share.
const SHARED: [&str; 10] = [
    "index.js",
    "package.json",
    "README.md",
    "LICENSE",
    "index.d.ts",
    "__init__.py",
    "utils.js",
    "types.d.ts",
    "CHANGELOG.md",
    ".npmignore",
];
const ENDINGS: [&str; 8] = [
    ".js", ".d.ts", ".py", ".js.map", ".pyc", ".h", ".so.1", ".mo",
];

/// A tar of so many entries, a few hundred KiB at a time.
pub struct Sample {
    left: usize,
    random: Random,
    /// Folders that the next files go to, and how many each still takes.
    folders: VecDeque<(String, usize)>,
    packages: usize,
    is_ended: bool,
}

impl Sample {
    /// A tar of `entries` folders and files.
    pub fn new(entries: usize) -> Self {
        Self {
            left: entries,
            random: Random(3),
            folders: VecDeque::new(),
            packages: 0,
            is_ended: false,
        }
    }

    fn entry(&mut self, tar: &mut Vec<u8>) {
        let Some((folder, left)) = self.folders.front_mut() else {
            let path = self.package();
            push_header(tar, &path, b'5', 0);
            self.add_folder(path);
            return;
        };
        if *left == 0 {
            self.folders.pop_front();
            return self.entry(tar);
        }
        *left -= 1;
        let (folder, left) = (folder.clone(), *left);
        if self.random.below(9) == 0 && folder.matches('/').count() < 11 {
            let name = FOLDERS[self.random.below(FOLDERS.len())];
            let path = format!("{folder}{name}-{left}/");
            push_header(tar, &path, b'5', 0);
            self.add_folder(path);
            return;
        }
        let name = self.name(left);
        let size = if self.random.below(3) == 0 {
            1 + self.random.below(BLOCK)
        } else {
            0
        };
        push_header(tar, &format!("{folder}{name}"), b'0', size);
        if size > 0 {
            let end = tar.len() + BLOCK;
            tar.resize(tar.len() + size, b'x');
            tar.resize(end, 0);
        }
    }

    fn add_folder(&mut self, path: String) {
        let files = 2 + self.random.below(6) * self.random.below(6);
        self.folders.push_front((path, files));
    }

    fn package(&mut self) -> String {
        let number = self.packages;
        self.packages += 1;
        let roots = [
            "usr/lib/node_modules",
            "usr/lib/python3/dist-packages",
            "app/node_modules",
        ];
        let (one, other) = (self.word(), self.word());
        format!("{}/{one}-{other}-{number}/", roots[number % roots.len()])
    }

    /// Each name once in a folder; of all, about half are like no other.
    fn name(&mut self, left: usize) -> String {
        if self.random.below(2) == 0
            && let Some(shared) = SHARED.get(left)
        {
            return (*shared).to_owned();
        }
        let (one, other) = (self.word(), self.word());
        let ending = ENDINGS[self.random.below(ENDINGS.len())];
        format!("{one}-{other}.{:x}{ending}", self.random.below(1 << 24))
    }

    fn word(&mut self) -> &'static str {
        WORDS[self.random.below(WORDS.len())]
    }
}

impl Iterator for Sample {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        if self.is_ended {
            return None;
        }
        let mut tar = Vec::with_capacity(256 << 10);
        while self.left > 0 && tar.len() < 255 << 10 {
            self.entry(&mut tar);
            self.left -= 1;
        }
        if self.left == 0 {
            tar.resize(tar.len() + 2 * BLOCK, 0);
            self.is_ended = true;
        }
        Some(tar)
    }
}

/// Marsaglia's xorshift: the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 20) as usize % bound
    }
}

fn push_header(tar: &mut Vec<u8>, path: &str, flag: u8, size: usize) {
    let mut header = tar::Header::new_ustar();
    header
        .set_path(path)
        .expect("a path that ustar has room for");
    header.set_entry_type(tar::EntryType::new(flag));
    header.set_mode(if flag == b'5' { 0o755 } else { 0o644 });
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size as u64);
    header.set_mtime(1_700_000_000 + (tar.len() % 1000) as u64);
    header.set_cksum();
    tar.extend_from_slice(header.as_bytes());
}
