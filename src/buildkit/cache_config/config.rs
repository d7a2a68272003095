//! The current config: layers, and records that lead to each other by position.
//! BuildKit `cache/remotecache/v1/types/spec.go`; values as Go decodes them.

use super::CacheConfigError;
use crate::buildkit::go_decode::{Decoded, WrongType, integer, items, members, set, time};
use crate::limits::Limits;
use crate::manifest::json::{Json, Value};

/// The config, as the document has it: nothing is checked yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheConfig {
    /// Layers.
    pub layers: Vec<CacheLayer>,
    /// Records.
    pub records: Vec<CacheRecord>,
}

/// One layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheLayer {
    /// Digest of the blob.
    pub blob: String,
    /// Position of the layer below, -1 at the bottom. One that is not written is
    /// 0, the first layer, and not the bottom.
    pub parent: i64,
    /// What caches without a registry's descriptors say of it.
    pub annotations: Option<LayerAnnotations>,
}

/// What the caches of GitHub Actions, S3 and Azure say of a layer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LayerAnnotations {
    /// Media type.
    pub media_type: String,
    /// Diff ID.
    pub diff_id: String,
    /// Size in bytes.
    pub size: i64,
    /// When it was made.
    pub created_at: String,
}

/// One record: a step of a build, known by its digest and its inputs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheRecord {
    /// Digest of the operation and its output.
    pub digest: String,
    /// By input, its alternatives: one of them has to match.
    pub inputs: Vec<Vec<CacheInput>>,
    /// What it led to, each enough for a hit.
    pub results: Vec<CacheResult>,
}

/// One alternative of an input.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CacheInput {
    /// The part of the linked record's result that matters; all of it where empty.
    pub selector: String,
    /// Position of the record.
    pub link: i64,
}

/// One result of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheResult {
    /// Its layers.
    pub layers: ResultLayers,
    /// When it was made; empty where that is not written.
    pub created_at: String,
}

/// How a result names its layers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResultLayers {
    /// A layer and all its parents.
    Top(i64),
    /// These, the bottom first, parents aside.
    Chain(Vec<i64>),
}

impl CacheConfig {
    /// Reads a config blob as today's BuildKit does.
    ///
    /// # Errors
    ///
    /// What Go refuses, and a limit passed.
    pub fn parse(raw: &[u8], limits: &Limits) -> Result<Self, CacheConfigError> {
        let json = Json::parse(raw).map_err(CacheConfigError::Json)?;
        let mut reader = Reader::new(limits);
        let mut config = Self::default();
        let read = members(json.root(), |name, value| match name {
            "LAYERS" => reader.layers(value, &mut config.layers),
            "RECORDS" => reader.records(value, &mut config.records),
            _ => Ok(()),
        });
        reader.finish(read)?;
        Ok(config)
    }

    /// Reads the list of records inside an image config; the layers are those
    /// of its manifest, each on top of the one before.
    ///
    /// # Errors
    ///
    /// As [`CacheConfig::parse`].
    pub fn parse_inline(
        raw: &[u8],
        blobs: &[String],
        limits: &Limits,
    ) -> Result<Self, CacheConfigError> {
        let json = Json::parse(raw).map_err(CacheConfigError::Json)?;
        let mut reader = Reader::new(limits);
        let mut records = Vec::new();
        let read = reader.records(json.root(), &mut records);
        reader.finish(read)?;
        let layers = (-1..).zip(blobs).map(|(parent, blob)| CacheLayer {
            blob: blob.clone(),
            parent,
            annotations: None,
        });
        Ok(Self {
            layers: layers.collect(),
            records,
        })
    }
}

/// Reads lists up to their limits.
pub(super) struct Reader<'l> {
    limits: &'l Limits,
    links: usize,
    passed: Option<CacheConfigError>,
}

impl<'l> Reader<'l> {
    pub(super) const fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            links: 0,
            passed: None,
        }
    }

    pub(super) fn finish(self, read: Decoded) -> Result<(), CacheConfigError> {
        match (self.passed, read) {
            (Some(error), _) => Err(error),
            (None, Err(WrongType)) => Err(CacheConfigError::Shape),
            (None, Ok(())) => Ok(()),
        }
    }

    /// Stops reading once there are more than `limit`.
    pub(super) fn check(&mut self, count: usize, limit: usize, what: &'static str) -> Decoded {
        if count < limit {
            return Ok(());
        }
        self.passed = Some(CacheConfigError::Limit { what, limit });
        Err(WrongType)
    }

    fn link(&mut self) -> Decoded {
        self.check(self.links, self.limits.cache_links, "links of a cache")?;
        self.links += 1;
        Ok(())
    }

    fn layers(&mut self, value: Value<'_>, layers: &mut Vec<CacheLayer>) -> Decoded {
        layers.clear();
        items(value, |value| {
            let limit = self.limits.cache_layers;
            self.check(layers.len(), limit, "layers of a cache")?;
            let mut layer = CacheLayer::default();
            members(value, |name, value| match name {
                "BLOB" => set(value, &mut layer.blob),
                "PARENT" => integer(value, &mut layer.parent),
                "ANNOTATIONS" => annotations(value, &mut layer.annotations),
                _ => Ok(()),
            })?;
            layers.push(layer);
            Ok(())
        })
    }

    fn records(&mut self, value: Value<'_>, records: &mut Vec<CacheRecord>) -> Decoded {
        records.clear();
        items(value, |value| {
            let limit = self.limits.cache_records;
            self.check(records.len(), limit, "records of a cache")?;
            let (mut record, mut chains) = (CacheRecord::default(), Vec::new());
            members(value, |name, value| match name {
                "DIGEST" => set(value, &mut record.digest),
                "LAYERS" => self.results(value, false, &mut record.results),
                "CHAINS" => self.results(value, true, &mut chains),
                "INPUTS" => self.inputs(value, &mut record.inputs),
                _ => Ok(()),
            })?;
            // BuildKit takes `layers` before `chains`, wherever they are.
            record.results.append(&mut chains);
            records.push(record);
            Ok(())
        })
    }

    fn results(
        &mut self,
        value: Value<'_>,
        chains: bool,
        results: &mut Vec<CacheResult>,
    ) -> Decoded {
        results.clear();
        items(value, |value| {
            self.link()?;
            let (mut top, mut chain, mut created_at) = (0, Vec::new(), String::new());
            members(value, |name, value| match name {
                "LAYER" if !chains => integer(value, &mut top),
                "LAYERS" if chains => self.positions(value, &mut chain),
                "CREATEDAT" => instant(value, &mut created_at),
                _ => Ok(()),
            })?;
            let layers = match chains {
                true => ResultLayers::Chain(chain),
                false => ResultLayers::Top(top),
            };
            results.push(CacheResult { layers, created_at });
            Ok(())
        })
    }

    fn positions(&mut self, value: Value<'_>, positions: &mut Vec<i64>) -> Decoded {
        positions.clear();
        items(value, |value| {
            self.link()?;
            let mut position = 0;
            integer(value, &mut position)?;
            positions.push(position);
            Ok(())
        })
    }

    fn inputs(&mut self, value: Value<'_>, inputs: &mut Vec<Vec<CacheInput>>) -> Decoded {
        inputs.clear();
        items(value, |value| {
            self.link()?;
            let mut alternatives = Vec::new();
            items(value, |value| {
                self.link()?;
                let mut input = CacheInput::default();
                members(value, |name, value| match name {
                    "SELECTOR" => set(value, &mut input.selector),
                    "LINK" => integer(value, &mut input.link),
                    _ => Ok(()),
                })?;
                alternatives.push(input);
                Ok(())
            })?;
            inputs.push(alternatives);
            Ok(())
        })
    }
}

fn annotations(value: Value<'_>, field: &mut Option<LayerAnnotations>) -> Decoded {
    let mut read = LayerAnnotations::default();
    members(value, |name, value| match name {
        "MEDIATYPE" => set(value, &mut read.media_type),
        "DIFFID" => set(value, &mut read.diff_id),
        "SIZE" => integer(value, &mut read.size),
        "CREATEDAT" => instant(value, &mut read.created_at),
        _ => Ok(()),
    })?;
    *field = Some(read);
    Ok(())
}

fn instant(value: Value<'_>, field: &mut String) -> Decoded {
    time(value)?;
    set(value, field)
}
