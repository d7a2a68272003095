//! `digest_parse.json`, and the algorithms' own test values.

use oci_lens::digest::{Algorithm, AnyDigest, Digest, DigestError};
use serde::Deserialize;

use crate::support::files;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    input: String,
    source: String,
    go_digest_v1_0_0: Outcome,
    #[serde(rename = "go_digest_head")]
    _head: Outcome,
    grammar_ok: bool,
    algorithm: Option<String>,
    encoded: Option<String>,
    #[serde(rename = "note")]
    _note: Option<String>,
}

#[derive(Deserialize, Debug, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Ok,
    InvalidFormat,
    InvalidLength,
    Unsupported,
}

impl Case {
    // go-digest 1.0.0 has no blake3; image-spec has registered it since.
    fn expected(&self) -> Outcome {
        match self.input.strip_prefix("blake3:") {
            Some(encoded) if encoded.len() == 64 && self.grammar_ok => Outcome::Ok,
            _ => self.go_digest_v1_0_0,
        }
    }
}

cases! {
    fn digests_parse_as_go_digest_does_and_blake3_of_32_bytes() {
        let cases: Vec<Case> = files::cases("digest_parse");
        assert_eq!(cases.len(), 48);
        for case in cases {
            let parsed = Digest::parse(&case.input);
            let outcome = match &parsed {
                Ok(_) => Outcome::Ok,
                Err(DigestError::Format) => Outcome::InvalidFormat,
                Err(DigestError::Length { .. }) => Outcome::InvalidLength,
                Err(DigestError::Unregistered) => Outcome::Unsupported,
            };
            let place = format!("{:?} from {}", case.input, case.source);
            assert_eq!(outcome, case.expected(), "{place}");
            let Ok(digest) = parsed else { continue };
            assert_eq!(digest.to_string(), case.input, "{place}");
            if let (Some(algorithm), Some(encoded)) = (case.algorithm, case.encoded) {
                assert_eq!(digest.algorithm().name(), algorithm, "{place}");
                assert_eq!(digest.encoded(), encoded, "{place}");
            }
        }
    }

    fn an_unregistered_algorithm_is_carried_verbatim_and_unknown() {
        let text = "sha999+b64u:LCa0a2j_xo";
        assert_eq!(AnyDigest::parse(text), Ok(AnyDigest::Unregistered(text.into())));
    }

    // FIPS 180-4 "abc"; BLAKE3 test_vectors.json, input_len 3 (bytes 0, 1, 2).
    fn algorithms_give_their_published_values() {
        let published = [
            (Algorithm::Sha256, b"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Algorithm::Sha384, b"abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
            (Algorithm::Sha512, b"abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
            (Algorithm::Blake3, b"\0\x01\x02", "e1be4d7a8ab5560aa4199eea339849ba8e293d55ca0a81006726d184519e647f"),
        ];
        for (algorithm, content, encoded) in published {
            assert_eq!(Digest::of(algorithm, content).encoded(), encoded, "{algorithm:?}");
        }
    }
}
