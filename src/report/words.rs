//! The words that statuses, formats and roles are told in.

words! {
    /// The only four outcomes of verification.
    pub enum Status {
        /// Every byte was read, and size and digest are what was promised.
        Verified,
        /// Every byte was read, and size or digest is not what was promised.
        Mismatch,
        /// The archive does not hold it.
        Missing,
        /// Nobody can say; the reason tells why.
        NotChecked,
    }

    /// Why something was not checked.
    pub enum Reason {
        /// Its turn has not come yet.
        Pending,
        /// The digest's algorithm is not known here.
        UnknownAlgorithm,
        /// The digest is no digest by its algorithm's own form.
        InvalidDigest,
        /// The layer is encrypted: what it unpacks to cannot be known.
        Encrypted,
        /// The layer is kept elsewhere by design and is not in the archive.
        Foreign,
        /// A cap was passed; a diagnostic names it.
        Limit,
        /// The user stopped the work.
        Cancelled,
        /// The bytes could not be unpacked to their end.
        DecompressionFailed,
        /// Compressed in a way that is not known here.
        UnknownCompression,
        /// The bytes could not be read from where they lie.
        ReadFailed,
        /// The worker that read it ended before it had an answer.
        WorkerFailed,
        /// Nothing states what its digest should be.
        NothingExpected,
        /// It is not in the archive, so that there is nothing to unpack.
        BlobMissing,
    }

    /// What kind of file keeps the image.
    pub enum ArchiveFormat {
        /// `oci-layout` and `index.json`.
        OciLayout,
        /// `manifest.json`, or the older folders with `repositories`.
        DockerSave,
    }

    /// How a layer's table of contents is made.
    pub enum TocFormat {
        /// eStargz: the last entry of the tar, in gzip members.
        Estargz,
        /// zstd:chunked: a skippable frame behind the tar's.
        ZstdChunked,
    }

    /// What holds the members.
    pub enum Container {
        /// A tar file.
        Tar,
        /// A folder.
        Folder,
    }

    /// A compression, told by the bytes themselves.
    pub enum Compression {
        /// Not compressed.
        None,
        /// One or several gzip members.
        Gzip,
        /// One or several zstd frames.
        Zstd,
        /// One or several xz streams.
        Xz,
    }

    /// What a blob is to the document that refers to it.
    pub enum Role {
        /// An entry of an image index.
        Manifest,
        /// A manifest's config.
        Config,
        /// A manifest's layer.
        Layer,
        /// What an artifact or attestation is about.
        Subject,
    }

    /// What an entry of an index leads to.
    pub enum EntryRole {
        /// An image manifest.
        Image,
        /// Another image index.
        Index,
        /// A BuildKit attestation manifest.
        Attestation,
        /// A manifest that is not a container image.
        Artifact,
        /// A layer of a build cache.
        Layer,
        /// The config of a build cache.
        CacheConfig,
        /// A media type that is not known here.
        Unknown,
    }

    /// How much of an image is in the archive.
    pub enum Presence {
        /// Manifest, config and every layer.
        Complete,
        /// Some of it.
        Partial,
        /// Not even the manifest: a sparse archive lists it all the same.
        Absent,
    }

    /// Where an image's platform was read.
    pub enum PlatformSource {
        /// The descriptor in the index.
        Descriptor,
        /// The image config.
        Config,
        /// The user's choice.
        Chosen,
    }

    /// Which of BuildKit's two questions a cache key answers.
    pub enum CacheKeyKind {
        /// Index 0: reference digest and platform.
        Manifest,
        /// Index 1: the config's chain ID, or its fallback.
        Config,
    }
}

impl Compression {
    /// Its name, as the report has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
        }
    }
}

impl Status {
    /// Its name, as it is read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Mismatch => "mismatch",
            Self::Missing => "missing",
            Self::NotChecked => "not checked",
        }
    }
}

impl Reason {
    /// Its name, as it is read.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::UnknownAlgorithm => "unknown algorithm",
            Self::InvalidDigest => "invalid digest",
            Self::Encrypted => "encrypted",
            Self::Foreign => "foreign",
            Self::Limit => "limit",
            Self::Cancelled => "cancelled",
            Self::DecompressionFailed => "decompression failed",
            Self::UnknownCompression => "unknown compression",
            Self::ReadFailed => "read failed",
            Self::WorkerFailed => "worker failed",
            Self::NothingExpected => "nothing expected",
            Self::BlobMissing => "blob missing",
        }
    }
}
