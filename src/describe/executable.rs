//! Executables, objects and libraries.

use super::fields::{array, be16, be32, has, le16, le32};

/// What a file that begins so is, if machines or virtual ones run it.
pub(super) fn describe(head: &[u8]) -> Option<String> {
    if head.starts_with(b"\x7fELF") {
        return elf(head);
    }
    if head.starts_with(b"MZ") {
        return Some(portable_executable(head).unwrap_or_else(|| "DOS executable".to_owned()));
    }
    if head.starts_with(b"\0asm") {
        return Some(wasm(head)?.to_owned());
    }
    if head.starts_with(b"\xca\xfe\xba\xbe") {
        return fat_or_class(head);
    }
    mach_o(head).or_else(|| python(head))
}

struct Elf<'a> {
    head: &'a [u8],
    is_64: bool,
    is_little: bool,
}

impl Elf<'_> {
    fn half(&self, at: usize) -> Option<u16> {
        let bytes = array(self.head, at)?;
        Some(match self.is_little {
            true => u16::from_le_bytes(bytes),
            false => u16::from_be_bytes(bytes),
        })
    }

    fn word(&self, at: usize) -> Option<u32> {
        let bytes = array(self.head, at)?;
        Some(match self.is_little {
            true => u32::from_le_bytes(bytes),
            false => u32::from_be_bytes(bytes),
        })
    }

    // An offset or size: of 32 or 64 bits.
    fn size(&self, at: usize) -> Option<usize> {
        if !self.is_64 {
            return usize::try_from(self.word(at)?).ok();
        }
        let bytes = array(self.head, at)?;
        let size = match self.is_little {
            true => u64::from_le_bytes(bytes),
            false => u64::from_be_bytes(bytes),
        };
        usize::try_from(size).ok()
    }

    // Whether there is a program header of a kind, and where its bytes lie.
    fn segment(&self, wanted: u32) -> Option<(usize, usize)> {
        let (table, entry_size, count) = match self.is_64 {
            true => (self.size(32)?, self.half(54)?, self.half(56)?),
            false => (self.size(28)?, self.half(42)?, self.half(44)?),
        };
        let (offset, size) = if self.is_64 { (8, 32) } else { (4, 16) };
        for number in 0..usize::from(count) {
            let before = number.checked_mul(usize::from(entry_size))?;
            let at = table.checked_add(before)?;
            if self.word(at)? == wanted {
                return Some((
                    self.size(at.checked_add(offset)?)?,
                    self.size(at.checked_add(size)?)?,
                ));
            }
        }
        None
    }
}

// System V ABI, chapters 4 and 5.
const INTERPRETER: u32 = 3;
const DYNAMIC: u32 = 2;

fn elf(head: &[u8]) -> Option<String> {
    let elf = Elf {
        head,
        is_64: match head.get(4)? {
            1 => false,
            2 => true,
            _ => return Some("ELF file of an unknown class".to_owned()),
        },
        is_little: match head.get(5)? {
            1 => true,
            2 => false,
            _ => return Some("ELF file of an unknown byte order".to_owned()),
        },
    };
    let bits = if elf.is_64 { 64 } else { 32 };
    let order = if elf.is_little { "little" } else { "big" };
    let interpreter = elf.segment(INTERPRETER);
    let is_dynamic = elf.segment(DYNAMIC).is_some();
    let kind = match elf.half(16)? {
        1 => "object",
        2 => "executable",
        3 if interpreter.is_some() => "position-independent executable",
        3 => "shared object",
        4 => "core file",
        _ => "file",
    };
    let machine = elf_machine(elf.half(18)?);
    let mut text = format!("ELF {bits}-bit {order}-endian {kind}, {machine}");
    if let Some((offset, size)) = interpreter {
        let path = head
            .get(offset..offset.saturating_add(size))
            .unwrap_or_default();
        let path = path.strip_suffix(&[0]).unwrap_or(path);
        if !path.is_empty() && path.len() < 256 {
            text.push_str(", interpreter ");
            text.push_str(&crate::diagnostic::escape(path));
        }
    } else if kind == "executable" && !is_dynamic {
        text.push_str(", statically linked");
    }
    Some(text)
}

fn elf_machine(number: u16) -> String {
    let name = match number {
        0 => "no machine",
        2 => "SPARC",
        3 => "x86",
        4 => "68000",
        8 => "MIPS",
        15 => "PA-RISC",
        20 => "PowerPC",
        21 => "64-bit PowerPC",
        22 => "S/390",
        40 => "ARM",
        42 => "SuperH",
        43 => "64-bit SPARC",
        50 => "IA-64",
        62 => "x86-64",
        183 => "ARM64",
        243 => "RISC-V",
        247 => "BPF",
        258 => "LoongArch",
        other => return format!("machine {other}"),
    };
    name.to_owned()
}

// Microsoft's "PE Format".
fn portable_executable(head: &[u8]) -> Option<String> {
    let header = head.get(usize::try_from(le32(head, 60)?).ok()?..)?;
    if !header.starts_with(b"PE\0\0") {
        return None;
    }
    let machine = match le16(header, 4)? {
        0x14c => "x86".to_owned(),
        0x1c0 | 0x1c4 => "ARM".to_owned(),
        0x5032 | 0x5064 => "RISC-V".to_owned(),
        0x8664 => "x86-64".to_owned(),
        0xaa64 => "ARM64".to_owned(),
        0xebc => "EFI byte code".to_owned(),
        other => format!("machine {other:#x}"),
    };
    let flags = le16(header, 22)?;
    let (bits, directories) = match le16(header, 24)? {
        0x10b => ("32", 96),
        0x20b => ("64", 112),
        _ => return Some(format!("PE object, {machine}")),
    };
    let subsystem = match le16(header, 24 + 68)? {
        1 => ", native",
        2 => ", graphical",
        3 => ", console",
        10..=13 => ", EFI",
        _ => "",
    };
    let kind = if flags & 0x2000 == 0 {
        "executable"
    } else {
        "library"
    };
    // The 15th directory is that of the common language runtime.
    let runtime = le32(header, 24 + directories + 14 * 8).unwrap_or_default();
    let runtime = if runtime == 0 { "" } else { ", .NET" };
    Some(format!(
        "PE {bits}-bit {kind}, {machine}{subsystem}{runtime}"
    ))
}

// WebAssembly Core Specification, 5.5.16; the component model has layer 1.
fn wasm(head: &[u8]) -> Option<&'static str> {
    Some(match (le16(head, 4)?, le16(head, 6)?) {
        (1, 0) => "WebAssembly module",
        (_, 1) => "WebAssembly component",
        _ => "WebAssembly file of an unknown version",
    })
}

// One magic for two formats: the number after it counts a handful of machines,
// or is a class file's version, 45 and up.
fn fat_or_class(head: &[u8]) -> Option<String> {
    let count = be32(head, 4)?;
    if (1..=30).contains(&count) {
        return Some(format!("Mach-O universal file for {count} machines"));
    }
    let major = be16(head, 6)?;
    let release = major.checked_sub(44).filter(|release| *release > 0)?;
    Some(format!("Java class, Java {release}"))
}

fn mach_o(head: &[u8]) -> Option<String> {
    let (bits, is_little) = match array(head, 0)? {
        [0xfe, 0xed, 0xfa, 0xce] => (32, false),
        [0xfe, 0xed, 0xfa, 0xcf] => (64, false),
        [0xce, 0xfa, 0xed, 0xfe] => (32, true),
        [0xcf, 0xfa, 0xed, 0xfe] => (64, true),
        _ => return None,
    };
    let word = |at| match is_little {
        true => le32(head, at),
        false => be32(head, at),
    };
    let machine = match word(4)? {
        7 => "x86",
        0x0100_0007 => "x86-64",
        12 => "ARM",
        0x0100_000c => "ARM64",
        18 => "PowerPC",
        0x0100_0012 => "64-bit PowerPC",
        _ => "unknown machine",
    };
    let kind = match word(12)? {
        1 => "object",
        2 => "executable",
        4 => "core file",
        6 => "library",
        8 => "bundle",
        _ => "file",
    };
    Some(format!("Mach-O {bits}-bit {kind}, {machine}"))
}

// CPython, Lib/importlib/_bootstrap_external.py: a number for each change of
// the byte code, and "\r\n".
fn python(head: &[u8]) -> Option<String> {
    if !has(head, 2, b"\r\n") {
        return None;
    }
    let version = match le16(head, 0)? {
        62211 => "2.7",
        3000..=3131 => "3.0",
        3141..=3151 => "3.1",
        3160..=3180 => "3.2",
        3190..=3230 => "3.3",
        3250..=3310 => "3.4",
        3320..=3351 => "3.5",
        3360..=3379 => "3.6",
        3390..=3399 => "3.7",
        3400..=3419 => "3.8",
        3420..=3429 => "3.9",
        3430..=3449 => "3.10",
        3450..=3499 => "3.11",
        3500..=3549 => "3.12",
        3550..=3599 => "3.13",
        3600..=3649 => "3.14",
        _ => return None,
    };
    Some(format!("Python {version} byte code"))
}
