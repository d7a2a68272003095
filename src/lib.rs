//! Look into OCI and Docker image archives.
