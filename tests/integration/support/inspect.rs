//! A whole archive, opened and scanned in memory.

use oci_lens::archive::{self, Archive, SNIFF_BYTES, sniff};
use oci_lens::image::Inspection;
use oci_lens::layer::Decoder;
use oci_lens::limits::Limits;
use oci_lens::report::{Compression, Failure, OuterInfo};

/// Opens an archive, unpacking what is around it.
pub fn open(bytes: Vec<u8>) -> Result<Inspection<Vec<u8>>, Failure> {
    let limits = Limits::default();
    let compression = sniff(&bytes[..bytes.len().min(SNIFF_BYTES)])
        .outer()
        .map_err(|error| Failure::from(&error))?;
    let (tar, outer) = match compression {
        Compression::None => (bytes, None),
        _ => {
            let (tar, outer) = unpack(&bytes);
            (tar, Some(outer))
        }
    };
    let archive = Archive::open_tar(tar, &limits).map_err(|error| Failure::from(&error))?;
    Ok(Inspection::open(archive, outer, limits))
}

pub fn unpack(mut packed: &[u8]) -> (Vec<u8>, OuterInfo) {
    let size = packed.len() as u64;
    let mut decoder = Decoder::of_archive(&Limits::default());
    let mut unpacked = Vec::new();
    while !packed.is_empty() {
        let consumed = decoder.push(packed, &mut unpacked);
        packed = &packed[consumed..];
    }
    let mut length = usize::MAX;
    while length != unpacked.len() {
        length = unpacked.len();
        decoder.finish(&mut unpacked);
    }
    let info = archive::outer::info(&mut decoder, size);
    let carried = archive::outer::to_bytes(info.clone()).expect("what is known can be carried");
    assert_eq!(archive::outer::from_bytes(&carried), Ok(info.clone()));
    (unpacked, info)
}

/// Runs every job that is left, the digests of files' contents included.
pub fn scan(inspection: &mut Inspection<Vec<u8>>) {
    for mut job in inspection.jobs() {
        job.content_digests = true;
        let scanned = inspection.scan(&job, |_| true).expect("memory can be read");
        inspection.complete(scanned);
    }
}
