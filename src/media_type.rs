//! Media types of image-spec and Docker.
