//! Files for the cases: by `std::fs` natively, by Node's `fs` as wasm.

use std::io::Read;

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// A file by its path from the repository's root.
pub fn read(path: &str) -> Vec<u8> {
    host::read(&format!("{}/{path}", host::root()))
}

/// A JSON file by its path from the repository's root.
pub fn read_json<T: DeserializeOwned>(path: &str) -> T {
    match serde_json::from_slice(&read(path)) {
        Ok(value) => value,
        Err(error) => panic!("{path}: {error}"),
    }
}

/// A vector file: `tests/vectors/NAME.json`.
pub fn vectors<T: DeserializeOwned>(name: &str) -> T {
    read_json(&format!("tests/vectors/{name}.json"))
}

/// What stands around the cases of a vector file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors<C> {
    schema: String,
    #[serde(alias = "formula")]
    about: String,
    cases: C,
}

/// The cases of a vector file: `tests/vectors/NAME.json`.
pub fn cases<C: DeserializeOwned>(name: &str) -> C {
    let vectors: Vectors<C> = vectors(name);
    assert_eq!(vectors.schema, format!("{name}/1"));
    assert!(!vectors.about.is_empty(), "{name}");
    vectors.cases
}

/// A gzip file's content.
pub fn gunzip(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    match flate2::read::MultiGzDecoder::new(packed).read_to_end(&mut bytes) {
        Ok(_) => bytes,
        Err(error) => panic!("{error}"),
    }
}

pub use host::{exists, is_folder, list, read as read_absolute, root, say, variable};

/// The folder of real archives, where the environment names one.
pub fn corpus() -> Option<String> {
    variable("OCI_LENS_CORPUS")
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub fn root() -> String {
        env!("CARGO_MANIFEST_DIR").to_owned()
    }

    /// A variable of the environment.
    pub fn variable(name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    pub fn read(path: &str) -> Vec<u8> {
        match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => panic!("{path}: {error}"),
        }
    }

    pub fn exists(path: &str) -> bool {
        std::fs::exists(path).unwrap_or(false)
    }

    pub fn is_folder(path: &str) -> bool {
        std::path::Path::new(path).is_dir()
    }

    /// Says something in the tests' output, also when all is well.
    pub fn say(text: &str) {
        use std::io::Write;
        // What the printing macros write is kept back.
        let _ = writeln!(std::io::stderr(), "{text}");
    }

    /// Names in a folder, sorted.
    pub fn list(path: &str) -> Vec<String> {
        let entries = std::fs::read_dir(path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        names
    }
}

#[cfg(target_arch = "wasm32")]
mod host {
    use wasm_bindgen::prelude::wasm_bindgen;

    #[wasm_bindgen(module = "node:fs")]
    extern "C" {
        #[wasm_bindgen(js_name = readFileSync)]
        fn read_file(path: &str) -> Vec<u8>;
        #[wasm_bindgen(js_name = existsSync)]
        pub fn exists(path: &str) -> bool;
        #[wasm_bindgen(js_name = readdirSync)]
        fn read_dir(path: &str) -> Vec<String>;
        type Stats;
        #[wasm_bindgen(js_name = statSync)]
        fn stat(path: &str) -> Stats;
        #[wasm_bindgen(method, js_name = isDirectory)]
        fn is_directory(this: &Stats) -> bool;
        #[wasm_bindgen(js_name = writeSync)]
        fn write(descriptor: u32, text: &str);
    }

    #[wasm_bindgen]
    extern "C" {
        type Environment;
        #[wasm_bindgen(thread_local_v2, js_namespace = process, js_name = env)]
        static ENVIRONMENT: Environment;
        #[wasm_bindgen(method, structural, indexing_getter)]
        fn get(this: &Environment, name: &str) -> Option<String>;
    }

    /// A variable of the environment.
    pub fn variable(name: &str) -> Option<String> {
        ENVIRONMENT.with(|environment| environment.get(name))
    }

    pub fn root() -> String {
        variable("OCI_LENS_ROOT").unwrap_or_else(|| panic!("OCI_LENS_ROOT is not set"))
    }

    pub fn read(path: &str) -> Vec<u8> {
        read_file(path)
    }

    pub fn is_folder(path: &str) -> bool {
        stat(path).is_directory()
    }

    /// Says something in the tests' output, also when all is well.
    pub fn say(text: &str) {
        // What goes to the console is kept back.
        write(2, &format!("{text}\n"));
    }

    /// Names in a folder, sorted.
    pub fn list(path: &str) -> Vec<String> {
        let mut names = read_dir(path);
        names.sort();
        names
    }
}
