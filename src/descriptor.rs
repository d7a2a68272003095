//! Descriptors: media type, digest and size; image-spec `descriptor.md`.
