//! What files seem to be: samples of real tools and specified headers, hostile
//! ones, and real files beside `file`.

use base64::{Engine, engine::general_purpose::STANDARD};
use oci_lens::describe::describe;
use oci_lens::limits::{DESCRIBE_BYTES, PICTURE_PIXELS};
use oci_lens::report::{ContentKind, ContentView, Encoding, Language};
use serde::Deserialize;

use crate::support::files;
use crate::support::random::Random;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    name: String,
    /// What made it, or the rule that it shows.
    #[serde(rename = "by")]
    _by: String,
    /// Name of the file.
    file: String,
    base64: String,
    expected: ContentView,
}

impl Sample {
    fn bytes(&self) -> Vec<u8> {
        STANDARD.decode(&self.base64).expect("base64")
    }
}

cases! {
    fn samples_are_what_their_makers_made() {
        let mut problems = Vec::new();
        let samples: Vec<Sample> = files::vectors("describe");
        for sample in &samples {
            let found = describe(&sample.bytes(), &sample.file);
            if found != sample.expected {
                problems.push(format!("{}: {found:?}\n  expected {:?}", sample.name, sample.expected));
            }
        }
        assert!(problems.is_empty(), "{}", problems.join("\n"));
        assert!(samples.len() > 80);
    }

    fn any_cut_and_any_damage_of_a_sample_has_an_answer() {
        let samples: Vec<Sample> = files::vectors("describe");
        let mut random = Random::new(5);
        for sample in samples {
            let bytes = sample.bytes();
            for length in 0..bytes.len() {
                check(&describe(&bytes[..length], &sample.file));
            }
            for _ in 0..200 {
                let mut damaged = bytes.clone();
                for _ in 0..=random.below(6) {
                    if damaged.is_empty() {
                        break;
                    }
                    let at = random.below(damaged.len());
                    damaged[at] = [0xff, 0, 0x80, 0x7f][random.below(4)];
                }
                check(&describe(&damaged, &sample.file));
            }
        }
    }

    fn a_picture_is_drawn_only_up_to_the_limit_of_pixels() {
        let png = |width: u32, height: u32| {
            let mut head = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
            head.extend(width.to_be_bytes());
            head.extend(height.to_be_bytes());
            describe(&head, "a.png").media_type
        };
        let most = u32::try_from(PICTURE_PIXELS).expect("a small limit");
        assert_eq!(png(1, most).as_deref(), Some("image/png"));
        assert_eq!(png(1, most + 1), None);
        assert_eq!(png(u32::MAX, u32::MAX), None);
        assert_eq!(png(0, 1), None);
    }

    fn only_the_first_bytes_are_looked_at() {
        let mut bytes = vec![b'a'; DESCRIBE_BYTES];
        let text = describe(&bytes, "");
        assert_eq!((text.kind, text.encoding, text.language), (ContentKind::Text, Some(Encoding::Ascii), Some(Language::Plain)));
        bytes.push(0);
        assert_eq!(describe(&bytes, ""), text);
        bytes[DESCRIBE_BYTES - 1] = 0;
        assert_eq!(describe(&bytes, "").kind, ContentKind::Binary);
    }
}

fn check(view: &ContentView) {
    assert!(
        !view.description.is_empty() && view.description.len() < 400,
        "{view:?}"
    );
    assert_eq!(
        view.kind == ContentKind::Text,
        view.encoding.is_some(),
        "{view:?}"
    );
    assert_eq!(view.encoding.is_some(), view.language.is_some(), "{view:?}");
    if let Some(media_type) = &view.media_type {
        let (width, height) = view.pixels.expect("a size");
        assert!(media_type.starts_with("image/") && view.kind == ContentKind::Image);
        assert!(u64::from(width) * u64::from(height) <= PICTURE_PIXELS);
    }
}
