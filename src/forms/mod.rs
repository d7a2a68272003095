//! What is known of an archive in forms that other programs take: a summary in
//! Markdown for a ticket, paths as CSV for a spreadsheet.
//!
//! Both hold image content in a place where it is more than text. Neither lets
//! it become markup, a link, a mention or a formula; each form says how.

pub mod csv;
mod markdown;

pub use markdown::markdown;
