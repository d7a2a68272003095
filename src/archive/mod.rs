//! What was dropped, as blobs by offset: nothing is copied.
