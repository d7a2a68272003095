//! Any bytes as an archive: no panic, no hang, and the size of reads changes nothing.

use oci_lens::archive::Archive;
use oci_lens::limits::Limits;
use oci_lens::source::ReadAt;

struct OneByte<'a>(&'a [u8]);

impl ReadAt for OneByte<'_> {
    fn size(&self) -> u64 {
        self.0.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = buffer.len().min(1);
        self.0
            .read_at(offset, buffer.get_mut(..length).unwrap_or_default())
    }
}

/// Takes any bytes; panics where what comes of them is at fault.
pub fn run(bytes: &[u8]) {
    let limits = Limits::default();
    match (
        Archive::open_tar(bytes, &limits),
        Archive::open_tar(OneByte(bytes), &limits),
    ) {
        (Ok(whole), Ok(single)) => {
            assert_eq!(whole.members(), single.members());
            assert_eq!(whole.blobs(), single.blobs());
            assert_eq!(whole.diagnostics(), single.diagnostics());
            for member in whole.members() {
                if let Ok(found) = whole.resolve(whole.name(member)) {
                    let end = found.location().map_or(0, |location| {
                        location.offset.saturating_add(location.available)
                    });
                    assert!(end <= bytes.len() as u64);
                }
            }
        }
        (Err(whole), Err(single)) => assert_eq!(whole, single),
        _ => panic!("the size of reads changes the result"),
    }
}
