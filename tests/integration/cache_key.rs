//! `main_manifest_key.json`: BuildKit's image-source cache keys.
