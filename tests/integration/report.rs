//! The report's shape: its JSON Schema is a golden.
