//! What a file seems to be, by its first bytes and its name.
//!
//! A guess for readers, never a judgement: nothing here is unpacked, and what
//! a header claims is only repeated. Pictures are named by a media type only
//! where their header keeps within [`PICTURE_PIXELS`].

mod executable;
mod fields;
mod magic;
mod picture;
mod text;

use crate::limits::{DESCRIBE_BYTES, PICTURE_PIXELS};
use crate::report::{ContentKind, ContentView};

/// Describes a file by its first bytes, of which [`DESCRIBE_BYTES`] are looked
/// at, and the last part of its name.
pub fn describe(bytes: &[u8], name: &str) -> ContentView {
    let head = bytes.get(..DESCRIBE_BYTES).unwrap_or(bytes);
    if head.is_empty() {
        return view(ContentKind::Empty, "empty");
    }
    if let Some((kind, description)) = magic::describe_printable(head) {
        return view(kind, description);
    }
    // Before the others: their marks are of printed characters in part, their
    // headers are not.
    if let Some(text) = text::describe(head, name) {
        return text;
    }
    if let Some(picture) = picture::describe(head) {
        return of_picture(&picture);
    }
    if let Some(description) = executable::describe(head) {
        return view(ContentKind::Executable, description);
    }
    if let Some((kind, description)) = magic::describe(head) {
        return view(kind, description);
    }
    view(ContentKind::Binary, "binary data")
}

fn view(kind: ContentKind, description: impl Into<String>) -> ContentView {
    ContentView {
        kind,
        description: description.into(),
        media_type: None,
        encoding: None,
        language: None,
        pixels: None,
    }
}

fn of_picture(picture: &picture::Picture) -> ContentView {
    let pixels = picture.pixels;
    let is_drawable = pixels.is_some_and(|(width, height)| {
        let count = u64::from(width) * u64::from(height);
        count > 0 && count <= PICTURE_PIXELS
    });
    let size = pixels.map_or_else(String::new, |(width, height)| {
        format!(", {width} × {height}")
    });
    ContentView {
        media_type: is_drawable.then(|| picture.media_type.to_owned()),
        pixels,
        ..view(ContentKind::Image, format!("{}{size}", picture.name))
    }
}
