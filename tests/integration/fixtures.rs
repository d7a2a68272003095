//! Our own small archives against their ground truth.
