//! What BuildKit derives from an image: its source's cache keys.
