//! Digests: `algorithm:encoded`, by the grammar of image-spec `descriptor.md`.
//!
//! A [`Digest`] always names an algorithm that this crate can compute; text
//! that fits the grammar under another algorithm is a [`AnyDigest::Unregistered`],
//! valid to carry and impossible to verify.

use std::fmt;

use oci_lens_sha256::Sha256;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// An algorithm whose digests can be computed here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Algorithm {
    /// SHA-256, the one every image uses.
    Sha256,
    /// SHA-384; go-digest computes it, image-spec does not register it.
    Sha384,
    /// SHA-512.
    Sha512,
    /// BLAKE3 with its default output of 32 bytes.
    Blake3,
}

impl Algorithm {
    const ALL: [Self; 4] = [Self::Sha256, Self::Sha384, Self::Sha512, Self::Blake3];

    /// The name in front of the colon.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Blake3 => "blake3",
        }
    }

    /// Length of a digest in bytes; its encoded form is twice as long.
    pub const fn digest_length(self) -> usize {
        match self {
            Self::Sha256 | Self::Blake3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// The algorithm of a name, if it can be computed here.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.name() == name)
    }
}

/// Why a text is not a [`Digest`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DigestError {
    /// The text does not fit `algorithm:encoded`, or the encoded part is not lower-case hex.
    Format,
    /// The encoded part is too short or too long for its algorithm.
    Length {
        /// Characters that the algorithm's digests have.
        expected: usize,
        /// Characters found.
        found: usize,
    },
    /// The grammar holds, but nothing here can compute this algorithm.
    Unregistered,
}

impl DigestError {
    /// Stable code for reports.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Format => "digest-format",
            Self::Length { .. } => "digest-length",
            Self::Unregistered => "unknown-algorithm",
        }
    }
}

impl fmt::Display for DigestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Format => f.write_str("expected a digest of the form algorithm:encoded"),
            Self::Length { expected, found } => write!(
                f,
                "expected {expected} hexadecimal characters, but found {found}"
            ),
            Self::Unregistered => f.write_str("the digest's algorithm is not known here"),
        }
    }
}

impl std::error::Error for DigestError {}

/// The digest of some bytes, under an algorithm that can be computed here.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest {
    algorithm: Algorithm,
    bytes: [u8; 64],
}

impl Digest {
    /// Reads `algorithm:encoded`, with go-digest's order of checks: form, then
    /// algorithm, then length, then lower-case hex.
    ///
    /// # Errors
    ///
    /// [`DigestError::Unregistered`] for an algorithm that is not known here,
    /// the other two for text that is a digest under no algorithm.
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        let (name, encoded) = split(text).ok_or(DigestError::Format)?;
        let Some(algorithm) = Algorithm::from_name(name) else {
            return Err(if fits_grammar(name, encoded) {
                DigestError::Unregistered
            } else {
                DigestError::Format
            });
        };
        let expected = algorithm.digest_length() * 2;
        if encoded.len() != expected {
            return Err(DigestError::Length {
                expected,
                found: encoded.len(),
            });
        }
        let mut bytes = [0; 64];
        for (byte, pair) in bytes.iter_mut().zip(encoded.as_bytes().chunks_exact(2)) {
            let &[high, low] = pair else {
                return Err(DigestError::Format);
            };
            match (hex_value(high), hex_value(low)) {
                (Some(high), Some(low)) => *byte = high << 4 | low,
                _ => return Err(DigestError::Format),
            }
        }
        Ok(Self { algorithm, bytes })
    }

    /// The digest of `content` under `algorithm`.
    pub fn of(algorithm: Algorithm, content: &[u8]) -> Self {
        let mut hasher = Hasher::new(algorithm);
        hasher.update(content);
        hasher.finish()
    }

    /// The SHA-256 digest of `content`.
    pub fn sha256(content: &[u8]) -> Self {
        Self::of(Algorithm::Sha256, content)
    }

    /// The algorithm in front of the colon.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The digest's bytes, as many as [`Algorithm::digest_length`] says.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes
            .get(..self.algorithm.digest_length())
            .unwrap_or_default()
    }

    /// The part after the colon: lower-case hex.
    pub fn encoded(&self) -> String {
        hex(self.as_bytes())
    }

    pub(crate) fn from_slice(algorithm: Algorithm, digest: &[u8]) -> Self {
        let mut bytes = [0; 64];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = *from;
        }
        Self { algorithm, bytes }
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), self.encoded())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// A digest as a descriptor may carry it: known here, or not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnyDigest {
    /// Can be computed and compared.
    Known(Digest),
    /// Fits the grammar under an algorithm that is not known here; its content
    /// can be shown, never verified.
    Unregistered(Box<str>),
}

impl AnyDigest {
    /// Reads a descriptor's digest.
    ///
    /// # Errors
    ///
    /// [`DigestError::Format`] and [`DigestError::Length`]; never
    /// [`DigestError::Unregistered`].
    pub fn parse(text: &str) -> Result<Self, DigestError> {
        match Digest::parse(text) {
            Ok(digest) => Ok(Self::Known(digest)),
            Err(DigestError::Unregistered) => Ok(Self::Unregistered(text.into())),
            Err(error) => Err(error),
        }
    }

    /// The digest, where its algorithm is known here.
    pub const fn known(&self) -> Option<&Digest> {
        match self {
            Self::Known(digest) => Some(digest),
            Self::Unregistered(_) => None,
        }
    }
}

impl fmt::Display for AnyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(digest) => fmt::Display::fmt(digest, f),
            Self::Unregistered(text) => f.write_str(text),
        }
    }
}

impl From<Digest> for AnyDigest {
    fn from(digest: Digest) -> Self {
        Self::Known(digest)
    }
}

/// Computes a digest over bytes that arrive in pieces.
#[derive(Debug, Clone)]
pub struct Hasher(State);

#[derive(Debug, Clone)]
enum State {
    Sha256(Sha256),
    Sha384(sha2::Sha384),
    Sha512(sha2::Sha512),
    Blake3(Box<blake3::Hasher>),
}

impl Hasher {
    /// A hasher that has seen no bytes.
    pub fn new(algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha256 => State::Sha256(Sha256::new()),
            Algorithm::Sha384 => State::Sha384(sha2::Sha384::new()),
            Algorithm::Sha512 => State::Sha512(sha2::Sha512::new()),
            Algorithm::Blake3 => State::Blake3(Box::default()),
        })
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(hasher) => hasher.update(bytes),
            State::Sha384(hasher) => hasher.update(bytes),
            State::Sha512(hasher) => hasher.update(bytes),
            State::Blake3(hasher) => {
                hasher.update(bytes);
            }
        }
    }

    /// Takes the next bytes, which may be worked in later: see [`Hasher::holding`].
    pub fn hold(&mut self, bytes: &[u8]) {
        match &mut self.0 {
            State::Sha256(hasher) => hasher.hold(bytes),
            _ => self.update(bytes),
        }
    }

    /// What can be worked in beside others, where that is faster.
    pub const fn holding(&mut self) -> Option<&mut Sha256> {
        match &mut self.0 {
            State::Sha256(hasher) => Some(hasher),
            _ => None,
        }
    }

    /// The digest of everything taken.
    pub fn finish(self) -> Digest {
        match self.0 {
            State::Sha256(hasher) => Digest::from_slice(Algorithm::Sha256, &hasher.finish()),
            State::Sha384(hasher) => Digest::from_slice(Algorithm::Sha384, &hasher.finalize()),
            State::Sha512(hasher) => Digest::from_slice(Algorithm::Sha512, &hasher.finalize()),
            State::Blake3(hasher) => {
                Digest::from_slice(Algorithm::Blake3, hasher.finalize().as_bytes())
            }
        }
    }
}

/// Lower-case hex of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(nibble.into(), 16).unwrap_or('?'));
        }
    }
    text
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once(':')
        .filter(|(name, encoded)| !name.is_empty() && !encoded.is_empty())
}

// image-spec descriptor.md, "Digests":
// algorithm = component *(separator component), encoded = [a-zA-Z0-9=_-]+
fn fits_grammar(name: &str, encoded: &str) -> bool {
    let component = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    name.split(['+', '.', '_', '-']).all(component)
        && encoded
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'=' | b'_' | b'-'))
}

const fn hex_value(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}
