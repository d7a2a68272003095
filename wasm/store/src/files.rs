//! Files of the browser's private file system, as the worker's script opens
//! them, or memory.

use std::io;

use js_sys::{Function, Reflect, Uint8Array};
use oci_lens::content::{Backend, File, Memory, Stat, Time};
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** A tree of files of the browser's; names are relative, their parts parted by "/". */
export interface Files {
  list: (folder: string) => Promise<string[]>;
  /** Size in bytes and time of the last change in milliseconds. */
  stat: (name: string) => Promise<[number, number] | undefined>;
  read: (name: string, offset: number, length: number) => Promise<Uint8Array | undefined>;
  write: (name: string, bytes: Uint8Array) => Promise<void>;
  open: (name: string) => Promise<OpenFile>;
  rename: (from: string, to: string) => Promise<void>;
  remove: (name: string) => Promise<void>;
  /** Gives what unlocks it again. */
  lock: (name: string) => Promise<() => void>;
  tryLock: (name: string) => Promise<(() => void) | undefined>;
  isLocked: (name: string) => Promise<boolean>;
}
/** A file that is open for writing. */
export interface OpenFile {
  size: () => number;
  readAt: (offset: number, buffer: Uint8Array) => number;
  writeAt: (offset: number, bytes: Uint8Array) => void;
  truncate: (size: number) => void;
  flush: () => void;
  close: () => void;
}
"#;

#[wasm_bindgen]
extern "C" {
    /// A tree of files.
    #[derive(Clone)]
    #[wasm_bindgen(typescript_type = "Files")]
    pub type Files;

    #[wasm_bindgen(method, catch)]
    async fn list(this: &Files, folder: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn stat(this: &Files, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn read(this: &Files, name: &str, at: f64, length: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn write(this: &Files, name: &str, bytes: Uint8Array) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn open(this: &Files, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn rename(this: &Files, from: &str, to: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn remove(this: &Files, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    async fn lock(this: &Files, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = tryLock)]
    async fn try_lock(this: &Files, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = isLocked)]
    async fn is_locked(this: &Files, name: &str) -> Result<JsValue, JsValue>;

    /// An open file.
    #[wasm_bindgen(typescript_type = "OpenFile")]
    pub type Handle;

    #[wasm_bindgen(method, catch)]
    fn size(this: &Handle) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = readAt)]
    fn read_at(this: &Handle, offset: f64, buffer: &mut [u8]) -> Result<f64, JsValue>;
    #[wasm_bindgen(method, catch, js_name = writeAt)]
    fn write_at(this: &Handle, offset: f64, bytes: &[u8]) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn truncate(this: &Handle, size: f64) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn flush(this: &Handle) -> Result<(), JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &Handle) -> Result<(), JsValue>;
}

/// What a browser throws, by its name.
fn failed(error: JsValue) -> io::Error {
    let text = |key: &str| {
        let value = Reflect::get(&error, &key.into()).ok();
        value.and_then(|value| value.as_string())
    };
    let kind = match text("name").unwrap_or_default().as_str() {
        "QuotaExceededError" => io::ErrorKind::QuotaExceeded,
        "NotFoundError" => io::ErrorKind::NotFound,
        "NoModificationAllowedError" | "InvalidStateError" => io::ErrorKind::ResourceBusy,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, text("message").unwrap_or_default())
}

/// Where the store's files lie.
#[derive(Clone)]
pub enum Place {
    /// In the browser's private file system.
    Files(Files),
    /// In this worker's memory.
    Memory(Memory),
}

impl Place {
    /// Files where there are any, else memory.
    pub fn new(files: Option<Files>) -> Self {
        match files {
            Some(files) => Self::Files(files),
            None => Self::Memory(Memory::new(now)),
        }
    }
}

fn now() -> Time {
    Time(js_sys::Date::now() as u64)
}

/// A lock, given back when it is dropped.
pub enum Lock {
    /// By a function of the script's.
    Script(Function),
    /// In memory.
    #[expect(dead_code, reason = "what counts is when it is dropped")]
    Memory(<Memory as Backend>::Guard),
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Self::Script(release) = self {
            // It settles a promise, which does not throw.
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}

fn script_lock(value: JsValue) -> Option<Lock> {
    value.dyn_into().ok().map(Lock::Script)
}

/// An open file, closed when it is dropped.
pub enum Opened {
    /// Of the script's.
    Script(Handle),
    /// In memory.
    Memory(<Memory as Backend>::File),
}

impl Drop for Opened {
    fn drop(&mut self) {
        if let Self::Script(handle) = self {
            // A file that cannot be closed is closed with the worker.
            let _ = handle.close();
        }
    }
}

impl File for Opened {
    fn size(&mut self) -> io::Result<u64> {
        match self {
            Self::Script(handle) => handle.size().map(|size| size as u64).map_err(failed),
            Self::Memory(file) => file.size(),
        }
    }

    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Script(handle) => {
                let read = handle.read_at(offset as f64, buffer).map_err(failed)?;
                Ok((read as usize).min(buffer.len()))
            }
            Self::Memory(file) => file.read_at(offset, buffer),
        }
    }

    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Script(handle) => handle.write_at(offset as f64, bytes).map_err(failed),
            Self::Memory(file) => file.write_at(offset, bytes),
        }
    }

    fn truncate(&mut self, size: u64) -> io::Result<()> {
        match self {
            Self::Script(handle) => handle.truncate(size as f64).map_err(failed),
            Self::Memory(file) => file.truncate(size),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Script(handle) => handle.flush().map_err(failed),
            Self::Memory(file) => file.flush(),
        }
    }
}

impl Backend for Place {
    type File = Opened;
    type Guard = Lock;

    fn now(&self) -> Time {
        now()
    }

    async fn list(&self, folder: &str) -> io::Result<Vec<String>> {
        match self {
            Self::Files(files) => {
                let names = files.list(folder).await.map_err(failed)?;
                let names = js_sys::Array::from(&names);
                Ok(names.iter().filter_map(|name| name.as_string()).collect())
            }
            Self::Memory(memory) => memory.list(folder).await,
        }
    }

    async fn stat(&self, name: &str) -> io::Result<Option<Stat>> {
        match self {
            Self::Files(files) => {
                let stat = files.stat(name).await.map_err(failed)?;
                if stat.is_undefined() {
                    return Ok(None);
                }
                let stat = js_sys::Array::from(&stat);
                let number = |at| stat.get(at).as_f64().unwrap_or_default() as u64;
                Ok(Some(Stat {
                    size: number(0),
                    modified: Time(number(1)),
                }))
            }
            Self::Memory(memory) => memory.stat(name).await,
        }
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
        match self {
            Self::Files(files) => {
                let bytes = files.read(name, offset as f64, length as f64).await;
                let bytes = bytes.map_err(failed)?;
                Ok(bytes.dyn_ref().map(Uint8Array::to_vec))
            }
            Self::Memory(memory) => memory.read(name, offset, length).await,
        }
    }

    async fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        match self {
            Self::Files(files) => {
                let written = files.write(name, Uint8Array::from(bytes)).await;
                written.map(|_| ()).map_err(failed)
            }
            Self::Memory(memory) => memory.write(name, bytes).await,
        }
    }

    async fn open(&self, name: &str) -> io::Result<Opened> {
        match self {
            Self::Files(files) => {
                let handle = files.open(name).await.map_err(failed)?;
                Ok(Opened::Script(handle.unchecked_into()))
            }
            Self::Memory(memory) => memory.open(name).await.map(Opened::Memory),
        }
    }

    async fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        match self {
            Self::Files(files) => files.rename(from, to).await.map(|_| ()).map_err(failed),
            Self::Memory(memory) => memory.rename(from, to).await,
        }
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        match self {
            Self::Files(files) => files.remove(name).await.map(|_| ()).map_err(failed),
            Self::Memory(memory) => memory.remove(name).await,
        }
    }

    async fn lock(&self, name: &str) -> io::Result<Lock> {
        match self {
            Self::Files(files) => {
                let lock = files.lock(name).await.map_err(failed)?;
                script_lock(lock).ok_or_else(|| io::ErrorKind::WouldBlock.into())
            }
            Self::Memory(memory) => memory.lock(name).await.map(Lock::Memory),
        }
    }

    async fn try_lock(&self, name: &str) -> io::Result<Option<Lock>> {
        match self {
            Self::Files(files) => {
                let lock = files.try_lock(name).await.map_err(failed)?;
                Ok(script_lock(lock))
            }
            Self::Memory(memory) => Ok(memory.try_lock(name).await?.map(Lock::Memory)),
        }
    }

    async fn is_locked(&self, name: &str) -> io::Result<bool> {
        match self {
            Self::Files(files) => {
                let locked = files.is_locked(name).await.map_err(failed)?;
                Ok(locked.is_truthy())
            }
            Self::Memory(memory) => memory.is_locked(name).await,
        }
    }
}
