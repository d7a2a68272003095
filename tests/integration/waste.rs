//! What layers store and the merged tree does not show.

mod dive;
mod hidden;
mod truth;
