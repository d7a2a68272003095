//! A small picture, so that there is one to look at.

use std::io::{self, Write as _};

use flate2::{Compression, Crc, write::ZlibEncoder};

const SIDE: usize = 64;

/// A cup of tea as a PNG of 64 by 64 pixels in eight-bit colours.
pub fn cup() -> io::Result<Vec<u8>> {
    let mut rows = Vec::with_capacity(SIDE * (1 + SIDE * 3));
    for y in 0..SIDE {
        // PNG 9.2: each row begins with its filter, here none.
        rows.push(0);
        for x in 0..SIDE {
            rows.extend(pixel(x, y));
        }
    }
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::new(9));
    packer.write_all(&rows)?;
    let side = (SIDE as u32).to_be_bytes();
    let header = [&side[..], &side, &[8, 2, 0, 0, 0]].concat();
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    chunk(&mut png, b"IHDR", &header);
    chunk(&mut png, b"IDAT", &packer.finish()?);
    chunk(&mut png, b"IEND", &[]);
    Ok(png)
}

fn pixel(x: usize, y: usize) -> [u8; 3] {
    let (dx, dy) = (x.abs_diff(28), y.abs_diff(26));
    let handle = x.abs_diff(48).pow(2) + y.abs_diff(38).pow(2);
    match (x, y) {
        (14..=42, 26..=29) if dx <= 14 && dy <= 3 => [150, 98, 40],
        (10..=46, 30..=54) if dx * 2 + (y - 26) <= 50 => [10, 106, 111],
        (47..=58, _) if (40..=90).contains(&handle) => [10, 106, 111],
        (8..=48, 56..=58) => [81, 97, 106],
        (20 | 28 | 36, 8..=20) if (x + y / 3).is_multiple_of(2) => [157, 176, 182],
        _ => [243, 245, 245],
    }
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    png.extend((data.len() as u32).to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}
