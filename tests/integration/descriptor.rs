//! `descriptor_valid_invalid.json`: documents that image-spec accepts and refuses.
