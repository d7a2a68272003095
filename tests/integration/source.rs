//! Sources of BuildKit: identifiers, the manager, and keys by formula.

mod image;

use std::collections::BTreeMap;

use oci_lens::buildkit::source::{
    Attributes, BlobSource, GitRemote, GitSource, HttpResponse, HttpSource, Identifier,
    ImageIdentifier, LayoutIdentifier, LocalSource, Manager, Reference, ReferenceError, Source,
    SourceError, SourceInstance, SourceKey, reference,
};
use oci_lens::digest::{AnyDigest, Digest};
use oci_lens::platform::Platform;

const DIGEST: &str = "sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0";
const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";
const TAG: &str = "fedcba9876543210fedcba9876543210fedcba98";

fn attributes(pairs: &[(&str, &str)]) -> Attributes {
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    owned.collect::<BTreeMap<_, _>>()
}

/// Takes identifiers of images and has none of them.
struct Nowhere;

impl Source for Nowhere {
    fn schemes(&self) -> &'static [&'static str] {
        &["docker-image", "oci-layout"]
    }

    fn identifier(
        &self,
        scheme: &str,
        reference: &str,
        attributes: &Attributes,
        platform: Option<&Platform>,
    ) -> Result<Identifier, SourceError> {
        match scheme {
            "oci-layout" => {
                LayoutIdentifier::new(reference, attributes, platform).map(Identifier::Layout)
            }
            _ => ImageIdentifier::new(reference, attributes, platform).map(Identifier::Image),
        }
    }

    fn resolve<'s>(
        &'s self,
        identifier: &Identifier,
    ) -> Result<Box<dyn SourceInstance + 's>, SourceError> {
        Err(SourceError::NotFound {
            reference: identifier.to_string(),
        })
    }
}

fn manager() -> Manager<'static> {
    let mut manager = Manager::default();
    manager.register(Nowhere);
    manager.register(BlobSource);
    manager.register(LocalSource::default());
    manager.register(GitSource::default());
    manager.register(HttpSource::default());
    manager
}

fn identified(text: &str, pairs: &[(&str, &str)]) -> Result<Identifier, SourceError> {
    manager().identifier(text, &attributes(pairs), None)
}

fn refused(text: &str, pairs: &[(&str, &str)]) -> (&'static str, String) {
    match identified(text, pairs) {
        Ok(identifier) => panic!("{text}: {identifier:?}"),
        Err(error) => (error.code(), error.to_string()),
    }
}

fn key(
    manager: &Manager<'_>,
    text: &str,
    pairs: &[(&str, &str)],
) -> Result<SourceKey, SourceError> {
    let identifier = manager.identifier(text, &attributes(pairs), None)?;
    let instance = manager.resolve(&identifier)?;
    let first = instance.cache_key(0)?;
    assert_eq!(
        instance.cache_key(1),
        Ok(first.clone()),
        "{text}: the first key is the last"
    );
    assert!(first.done, "{text}");
    assert!(instance.snapshot().is_err(), "{text}");
    Ok(first)
}

cases! {
    // BuildKit's own: TestImageIdentifierString, TestOCIIdentifierString, TestLocalIdentifierString.
    fn identifiers_are_written_as_they_were_read() {
        for text in [
            "docker-image://docker.io/library/busybox:latest",
            "docker-image://docker.io/library/busybox@sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0",
            "oci-layout://example.com/repo/layout:latest",
            "local://context",
            "git://github.com/moby/buildkit.git#main:util",
            "http://example.com/a?b=c",
            "https://example.com/",
            "docker-image+blob://example.com/a@sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0",
            "oci-layout+blob://example.com/a@sha256:8cd34bbc1d6f7ce73c53740073333f418d7b900050c738c8c30ba95986f7b3a0",
        ] {
            let identifier = identified(text, &[]).unwrap_or_else(|error| panic!("{text}: {error}"));
            assert_eq!(identifier.to_string(), text);
            assert_eq!(Some(identifier.scheme()), text.split("://").next(), "{text}");
        }
    }

    fn errors_say_what_is_malformed_or_that_nobody_takes_the_scheme() {
        assert_eq!(refused("ftp://example.com/a", &[]), ("source-no-handler", "no handler for ftp".to_owned()));
        assert_eq!(
            refused("busybox", &[]),
            ("source-identifier", "failed to parse \"busybox\": expected an identifier of the form SCHEME://REFERENCE".to_owned())
        );
        let manager = Manager::default();
        let identifier = identified("local://context", &[]).expect("an identifier");
        assert_eq!(manager.resolve(&identifier).map(|_| ()), Err(identifier.no_handler()));
        assert_eq!(identifier.no_handler().to_string(), "no handler for local");

        let reference = |text: &str| refused(text, &[]);
        let words = |text: &str, why: &str| ("source-reference", format!("failed to parse \"{text}\": {why}"));
        assert_eq!(reference("docker-image://docker.io/library/busybox"), words("docker.io/library/busybox", "object required"));
        assert_eq!(reference("docker-image://"), words("", "hostname required"));
        assert_eq!(reference("oci-layout:///a:b"), words("/a:b", "hostname required"));
        assert_eq!(reference("docker-image://a.b/../c:d"), words("a.b/../c:d", "invalid reference"));
        assert_eq!(reference("docker-image://http://a.b/c:d"), words("http://a.b/c:d", "invalid reference"));
        assert_eq!(
            reference("docker-image+blob://a.b/c:d"),
            ("source-digest-required", "reference \"a.b/c:d\" must have digest".to_owned())
        );
        assert_eq!(
            reference("oci-layout+blob://a.b/c@sha256:12"),
            ("digest-length", "reference \"a.b/c@sha256:12\": expected 64 hexadecimal characters, but found 2".to_owned())
        );
        assert_eq!(reference("git://#main").0, "source-identifier");
    }

    fn attributes_have_few_values_and_unknown_names_are_ignored() {
        let image = "docker-image://docker.io/library/busybox:latest";
        let layout = "oci-layout://a/b:c";
        for (text, name, value, expected) in [
            (image, "image.resolvemode", "never", "default, pull or local"),
            (image, "image.resolvemode", "", "default, pull or local"),
            (image, "image.recordtype", "odd", "regular, internal or frontend"),
            (image, "image.layerlimit", "0", "a number of layers above 0"),
            (image, "image.layerlimit", "-1", "a number of layers above 0"),
            (image, "image.layerlimit", "many", "a number of layers above 0"),
            (image, "image.checksum", "invalid", "a digest"),
            (layout, "oci.layerlimit", "0", "a number of layers above 0"),
            ("local://a", "local.includepattern", "a", "a JSON list of strings"),
            ("local://a", "local.excludepatterns", "[1]", "a JSON list of strings"),
            ("local://a", "local.followpaths", "{}", "a JSON list of strings"),
            ("local://a", "local.metadatatransfer", "yes", "true or false"),
            ("https://a/b", "http.checksum", "md5", "a digest"),
            ("https://a/b", "http.perm", "0o9", "an integer"),
            ("https://a/b", "http.uid", "1_0", "an integer"),
            ("https://a/b", "http.gid", "", "an integer"),
            ("git://a/b", "git.mtime", "now", "checkout or commit"),
        ] {
            let found = refused(text, &[(name, value)]);
            assert_eq!(found, ("source-attribute", format!("{name}: expected {expected}, but found \"{value}\"")));
        }
        let (unknown, none) = (identified(image, &[("no.such", "1")]), identified(image, &[]));
        assert_eq!(unknown, none);
        let Ok(Identifier::Image(image)) = identified(image, &[
            ("image.resolvemode", "pull"), ("image.recordtype", "frontend"), ("image.layerlimit", "3"), ("image.checksum", DIGEST),
        ]) else {
            panic!("no image");
        };
        assert_eq!((image.resolve_mode, image.record_type, image.layer_limit), ("pull", "frontend", Some(3)));
        assert_eq!(image.checksum.map(|digest| digest.to_string()).as_deref(), Some(DIGEST));
        let Ok(Identifier::Layout(layout)) = identified(layout, &[("oci.session", "s"), ("oci.store", "t"), ("oci.layerlimit", "2")]) else {
            panic!("no layout");
        };
        assert_eq!((layout.session.as_str(), layout.store.as_str(), layout.layer_limit), ("s", "t", Some(2)));
    }

    fn the_platform_of_an_op_is_normalised_before_a_source_sees_it() {
        let asked = Platform::new("Linux", "aarch64", "v8");
        let identifier = manager().identifier("docker-image://a/b:c", &Attributes::new(), Some(&asked));
        let Ok(Identifier::Image(image)) = identifier else { panic!("no image") };
        assert_eq!(image.platform, Some(Platform::new("linux", "arm64", "")));
    }

    fn references_are_containerds() {
        let parsed = |text: &str| Reference::parse(text).map(|found| (found.locator, found.object));
        let is = |locator: &str, object: &str| Ok((locator.to_owned(), object.to_owned()));
        assert_eq!(parsed("docker.io/library/redis:foo"), is("docker.io/library/redis", "foo"));
        assert_eq!(parsed("localhost:5000/a/b:c@sha256:d"), is("localhost:5000/a/b", "c@sha256:d"));
        assert_eq!(parsed("a.b/c//./d@sha256:e"), is("a.b/c/d", "@sha256:e"));
        assert_eq!(parsed("name:5000"), Err(ReferenceError::ObjectRequired));
        assert_eq!(parsed("name:tag"), Err(ReferenceError::Invalid));
        assert_eq!(parsed("a b/c:d"), Err(ReferenceError::Invalid));
        let both = Reference::parse(&format!("a.b/c:d@{DIGEST}")).expect("a reference");
        assert_eq!((both.tag(), both.digest().map(|digest| digest.map(|digest| digest.to_string()))), ("d", Ok(Some(DIGEST.to_owned()))));
        for (short, full) in [
            ("alpine", "docker.io/library/alpine:latest"),
            ("a/b:c", "docker.io/a/b:c"),
            ("localhost/a", "localhost/a:latest"),
            ("index.docker.io/a", "docker.io/library/a:latest"),
            ("a.b:5/c@sha256:d", "a.b:5/c@sha256:d"),
            ("docker.io/library/alpine:3", "docker.io/library/alpine:3"),
        ] {
            assert_eq!(reference::in_full(short), full);
        }
    }

    fn keys_of_folders_hold_for_a_session() {
        let with = |pairs: &[(&str, &str)]| key(&manager(), "local://context", pairs);
        assert_eq!(with(&[]), Err(SourceError::Missing { what: "a session" }));
        let found = with(&[("local.session", "s1"), ("local.includepattern", "[\"a\",\"<b>\"]"), ("local.excludepatterns", "[]")]).expect("a key");
        let preimage = r#"{"SessionID":"s1","IncludePatterns":["a","\u003cb\u003e"],"ExcludePatterns":[],"FollowPaths":null}"#;
        assert_eq!(found.preimage.as_deref(), Some(preimage.as_bytes()));
        assert_eq!(found.key, format!("session:context:{}", Digest::sha256(preimage.as_bytes())));
        let hinted = with(&[
            ("local.session", "hint:s1"), ("local.followpaths", "[\"c\"]"), ("local.metadatatransfer", "1"), ("local.metadatatransferexclude", "[\"d\"]"),
        ]).expect("a key");
        let preimage = r#"{"SessionID":"s1","IncludePatterns":null,"ExcludePatterns":null,"FollowPaths":["c"],"MetadataTransfer":true,"MetadataExceptions":["d"]}"#;
        assert_eq!(hinted.key, format!("session:hint-context:{}", Digest::sha256(preimage.as_bytes())));
        let mut manager = Manager::default();
        manager.register(LocalSource { session: Some("s1".to_owned()) });
        let preimage = r#"{"SessionID":"s1","IncludePatterns":null,"ExcludePatterns":null,"FollowPaths":null}"#;
        let given = key(&manager, "local://context", &[]).expect("a key");
        assert_eq!(given.preimage.as_deref(), Some(preimage.as_bytes()));
    }

    fn keys_of_repositories_are_texts_around_a_commit() {
        let remote = GitRemote { object: TAG.to_owned(), tagged_commit: Some(COMMIT.to_owned()), reference: "refs/tags/v1".to_owned() };
        let mut known = Manager::default();
        known.register(GitSource { remote: Some(remote) });
        let at = |fragment: &str, pairs: &[(&str, &str)]| {
            key(&known, &format!("git://github.com/a/b.git{fragment}"), pairs).map(|found| (found.key, found.pin))
        };
        let pinned = |key: String, pin: &str| Ok((key, Some(pin.to_owned())));
        let keep = ("git.keepgitdir", "true");
        assert_eq!(at("#v1", &[]), pinned(COMMIT.to_owned(), TAG));
        assert_eq!(at("#v1", &[keep]), pinned(format!("{TAG}.git#refs/tags/v1"), TAG));
        assert_eq!(at("#v1:/sub/", &[keep, ("git.skipsubmodules", "true")]), pinned(format!("{TAG}.git#refs/tags/v1:/sub/(skip-submodules)"), TAG));
        assert_eq!(at("#v1:/./", &[("git.mtime", "commit"), ("git.checkoutbundle", "1")]), pinned(format!("{COMMIT}(mtime=commit)(bundle)"), TAG));
        assert_eq!(at("#v1", &[("git.mtime", "checkout")]), pinned(COMMIT.to_owned(), TAG));
        // A whole commit needs nobody to ask.
        let of_commit = format!("#{COMMIT}");
        assert_eq!(at(&of_commit, &[keep]), pinned(format!("{COMMIT}.git"), COMMIT));
        let asked = key(&manager(), &format!("git://github.com/a/b.git{of_commit}"), &[]).map(|found| found.key);
        assert_eq!(asked, Ok(COMMIT.to_owned()));
        assert_eq!(key(&manager(), "git://github.com/a/b.git#v1", &[]), Err(SourceError::Missing { what: "the commit of the ref" }));
        assert_eq!(at(&of_commit, &[("git.checksum", "0123")]).map(|found| found.0), Ok(COMMIT.to_owned()));
        let wrong = at(&of_commit, &[("git.checksum", "9")]).map_err(|error| error.code());
        assert_eq!(wrong, Err("source-checksum"));
    }

    // BuildKit's TestNewGitIdentifier.
    fn repositories_are_named_with_ref_and_folder() {
        for (text, remote, reference, subdir) in [
            ("ssh://root@subdomain.example.hostname:2222/root/foo.git#main", "ssh://root@subdomain.example.hostname:2222/root/foo.git", "main", ""),
            ("git@github.com:moby/buildkit.git", "git@github.com:moby/buildkit.git", "", ""),
            ("github.com/moby/buildkit.git#main", "https://github.com/moby/buildkit.git", "main", ""),
            ("git://github.com/user/repo.git#mybranch:mydir/mysubdir/", "git://github.com/user/repo.git", "mybranch", "mydir/mysubdir/"),
            ("git://github.com/user/repo.git#:mydir/mysubdir/", "git://github.com/user/repo.git", "", "mydir/mysubdir/"),
            ("git@github.com:user/repo.git#mybranch:mydir/mysubdir/", "git@github.com:user/repo.git", "mybranch", "mydir/mysubdir/"),
            ("ssh://foo%40barcorp.com@github.com/user/repo.git#mybranch:mydir/mysubdir/", "ssh://foo%40barcorp.com@github.com/user/repo.git", "mybranch", "mydir/mysubdir/"),
        ] {
            let Ok(Identifier::Git(found)) = identified(&format!("git://{text}"), &[]) else { panic!("{text}") };
            assert_eq!((found.remote.as_str(), found.reference.as_str(), found.subdir.as_str()), (remote, reference, subdir), "{text}");
        }
        let full = [("git.fullurl", "https://github.com/foo/bar.git")];
        let Ok(Identifier::Git(found)) = identified("git://github.com/foo/bar.git#x", &full) else { panic!("none") };
        assert_eq!((found.remote.as_str(), found.reference.as_str()), ("https://github.com/foo/bar.git", "x"));
    }

    fn keys_of_files_by_http_are_made_of_name_attributes_and_content() {
        let pinned = |text: &str, pairs: &[(&str, &str)]| {
            let all: Vec<(&str, &str)> = pairs.iter().copied().chain([("http.checksum", DIGEST)]).collect();
            let found = key(&manager(), text, &all).expect("a key");
            assert_eq!(found.pin.as_deref(), Some(DIGEST));
            let preimage = found.preimage.expect("a preimage");
            assert_eq!(found.key, Digest::sha256(&preimage).to_string());
            String::from_utf8(preimage).expect("text")
        };
        let named = |name: &str| format!("{{\"Filename\":\"{name}\",\"Perm\":0,\"UID\":0,\"GID\":0,\"Checksum\":\"{DIGEST}\"}}");
        assert_eq!(pinned("https://example.com/a/b.tar?c=d#e", &[]), named("b.tar"));
        assert_eq!(pinned("https://example.com/a/b%20c/", &[]), named("b c"));
        assert_eq!(pinned("https://example.com", &[]), named("download"));
        assert_eq!(pinned("http://example.com/a", &[("http.filename", "x/y")]), named("y"));
        assert_eq!(
            pinned("http://example.com/a", &[
                ("http.perm", "0644"), ("http.uid", "0x10"), ("http.gid", "-1"), ("http.authheadersecret", "s"),
                ("http.header.user-agent", "u"), ("http.header.ACCEPT", "v"), ("http.header.cookie", "w"),
            ]),
            format!(
                "{{\"Filename\":\"a\",\"Perm\":420,\"UID\":16,\"GID\":-1,\"Checksum\":\"{DIGEST}\",\"AuthHeaderSecret\":\"s\",\
                 \"Header\":[{{\"Name\":\"Accept\",\"Value\":\"v\"}},{{\"Name\":\"User-Agent\",\"Value\":\"u\"}}]}}"
            )
        );
        // BuildKit's TestSafeFileName.
        for (name, safe) in [
            ("資料.txt", "資料.txt"), ("name with spaces.txt", "name with spaces.txt"), ("  foo.txt  ", "foo.txt"), ("a/b/c.txt", "c.txt"),
            (".", "download"), ("..", "download"), ("../", "download"), ("a\0b", "download"), ("a\nb", "download"),
        ] {
            assert_eq!(pinned("http://example.com/z", &[("http.filename", name)]), named(safe));
        }
        assert_eq!(key(&manager(), "https://a/b", &[]), Err(SourceError::Missing { what: "the digest of the content" }));
        let response = HttpResponse {
            digest: AnyDigest::parse(DIGEST).expect("a digest"),
            last_modified: Some("Mon, 02 Jan 2006 15:04:05 GMT".to_owned()),
            file_name: Some("served.bin".to_owned()),
        };
        let mut asked = Manager::default();
        asked.register(HttpSource { response: Some(response) });
        let preimage = key(&asked, "https://a/b", &[]).expect("a key").preimage;
        let expected = format!(
            "{{\"Filename\":\"served.bin\",\"Perm\":0,\"UID\":0,\"GID\":0,\"Checksum\":\"{DIGEST}\",\"LastModTime\":\"Mon, 02 Jan 2006 15:04:05 GMT\"}}"
        );
        assert_eq!(preimage, Some(expected.into_bytes()));
    }

    fn keys_of_single_blobs_are_made_of_digest_and_attributes() {
        for scheme in ["docker-image+blob", "oci-layout+blob"] {
            let found = key(&manager(), &format!("{scheme}://a.b/c@{DIGEST}"), &[("http.filename", "f"), ("http.perm", "420")]).expect("a key");
            let preimage = format!("{{\"Digest\":\"{DIGEST}\",\"Filename\":\"f\",\"Perm\":420,\"UID\":0,\"GID\":0}}");
            assert_eq!(found.preimage.as_deref(), Some(preimage.as_bytes()));
            assert_eq!((found.key, found.pin.as_deref()), (Digest::sha256(preimage.as_bytes()).to_string(), Some(DIGEST)));
        }
    }
}
