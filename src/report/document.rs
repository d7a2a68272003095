//! What documents and files hold, made readable.

words! {
    /// What a file seems to be, by its first bytes and its name.
    pub enum ContentKind {
        /// Nothing in it.
        Empty,
        /// Text.
        Text,
        /// A picture that browsers draw.
        Image,
        /// An executable, object or library.
        Executable,
        /// An archive or a compressed file.
        Archive,
        /// Anything else.
        Binary,
    }

    /// How text is encoded.
    pub enum Encoding {
        /// Bytes below 128 alone.
        Ascii,
        /// UTF-8.
        Utf8,
        /// UTF-16, low byte first.
        Utf16Le,
        /// UTF-16, high byte first.
        Utf16Be,
        /// Not valid in any of those: bytes above 127 are shown as Latin-1.
        Latin1,
    }

    /// What colours a text is set in.
    pub enum Language {
        /// JSON.
        Json,
        /// YAML.
        Yaml,
        /// Shell script.
        Shell,
        /// INI, TOML and the like.
        Ini,
        /// XML and HTML.
        Xml,
        /// Anything else.
        Plain,
    }

    /// The format of a package list.
    pub enum PackageFormat {
        /// SPDX.
        Spdx,
        /// CycloneDX.
        Cyclonedx,
    }
}

view! {
    /// What a file's first bytes tell.
    pub struct ContentView {
        /// What it seems to be.
        pub kind: ContentKind,
        /// In words, as `ELF 64-bit little-endian executable, x86-64`.
        pub description: String,
        /// Media type for pictures.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub media_type: Option<String>,
        /// How its text is encoded, where it is text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub encoding: Option<Encoding>,
        /// What its text is written in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<Language>,
        /// Width and height of a picture in pixels, where its header says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub pixels: Option<(u32, u32)>,
    }

    /// A JSON document of the archive.
    pub struct DocumentView {
        /// Digest of its bytes.
        pub digest: String,
        /// Where it lies: an archive member or a root document.
        pub name: String,
        /// Its exact bytes as text, U+FFFD for what is not UTF-8.
        pub raw: String,
        /// The same set out in lines, values untouched; `raw` where that cannot
        /// be done.
        pub pretty: String,
        /// Why it is not set out, if it is not: above all because it is no JSON.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub problem: Option<String>,
    }

    /// An in-toto statement, or a package list that stands alone, read.
    pub struct StatementDetail {
        /// Statement type; empty for a package list that stands alone.
        pub statement_type: String,
        /// Predicate type; empty for a package list that stands alone.
        pub predicate_type: String,
        /// What it is about.
        pub subjects: Vec<SubjectView>,
        /// How many more subjects there are than are listed.
        #[serde(default)]
        pub more_subjects: u32,
        /// Signatures of the envelope that it came in; none of them is checked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub signatures: Option<u32>,
        /// Its package list, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub packages: Option<PackageList>,
        /// Its provenance, if it is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub provenance: Option<ProvenanceView>,
    }

    /// A subject of a statement.
    pub struct SubjectView {
        /// Name.
        pub name: String,
        /// `algorithm:encoded`, one for each that is given.
        pub digests: Vec<String>,
    }

    /// A software bill of materials.
    pub struct PackageList {
        /// Format.
        pub format: PackageFormat,
        /// Version of the format.
        pub version: String,
        /// Name of the document.
        pub name: String,
        /// What made it.
        pub tools: Vec<String>,
        /// When.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub created: Option<String>,
        /// Packages, by name and version.
        pub packages: Vec<PackageView>,
        /// How many more packages there are than are listed.
        #[serde(default)]
        pub more: u32,
        /// Files that it lists.
        pub files: u32,
        /// Relationships that it lists.
        pub relationships: u32,
    }

    /// One package.
    pub struct PackageView {
        /// Name.
        pub name: String,
        /// Version.
        pub version: String,
        /// Package URL.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub purl: Option<String>,
        /// Kind, from the package URL or the document.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub kind: Option<String>,
        /// Licence, as written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub license: Option<String>,
        /// Who supplies it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub supplier: Option<String>,
    }

    /// A SLSA provenance, v0.2 or v1.
    pub struct ProvenanceView {
        /// Builder.
        pub builder: String,
        /// Build type.
        pub build_type: String,
        /// When it began.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub started: Option<String>,
        /// When it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub finished: Option<String>,
        /// Parameters: the way to each, as `parameters.args.target`, and its
        /// value as text or compact JSON.
        pub parameters: Vec<super::Annotation>,
        /// How many more parameters there are than are listed, long ones included.
        #[serde(default)]
        pub more_parameters: u32,
        /// What went into it.
        pub materials: Vec<SubjectView>,
        /// How many more materials there are than are listed.
        #[serde(default)]
        pub more_materials: u32,
    }

    /// A Dockerfile made up from the history.
    pub struct DockerfileView {
        /// The base image's name, where an annotation, a label or a comment of
        /// the history tells it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub base: Option<String>,
        /// Its lines, those of the base image included.
        pub lines: Vec<DockerfileLine>,
        /// What it cannot say, as stable codes, sorted; `docs/dockerfile.md`
        /// lists them.
        pub caveats: Vec<String>,
    }

    /// One instruction.
    pub struct DockerfileLine {
        /// Position in the history; absent for a layer that no entry tells of.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub history: Option<u32>,
        /// Layer that it made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub layer: Option<u32>,
        /// What it is.
        pub command: CommandView,
        /// As it would stand in a Dockerfile; several lines where it is long.
        pub text: String,
    }

    /// A history entry's command, its noise taken away.
    pub struct CommandView {
        /// `RUN`, `COPY`, …; empty where it cannot be told.
        pub instruction: String,
        /// What follows, shell and markers folded.
        pub arguments: String,
        /// The shell that ran it, up to the flag that takes the command, as
        /// `/bin/sh -c`; absent where none did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub shell: Option<String>,
        /// Build arguments that were set for it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub build_args: Vec<String>,
        /// Whether BuildKit wrote it.
        pub buildkit: bool,
    }
}
