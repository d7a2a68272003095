//! BuildKit's content checksum.

mod archives;
mod hostile;
mod vectors;
