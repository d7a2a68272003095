//! What no label keeps.

use oci_lens::content::{GC_ROOT, Memory, Rules, Store, Time, child_labels, children, now};
use oci_lens::digest::Digest;
use oci_lens::limits::Limits;
use oci_lens::report::GcPlan;

use super::{memory, open, put, store};

fn digest(content: &[u8]) -> String {
    Digest::sha256(content).to_string()
}

cases! {
    fn what_a_root_leads_to_is_kept_and_the_rest_goes() {
        let store = store(memory());
        // a is a root, and refers to b by a plain label and to c by a numbered one; c refers
        // back to a; d says that b keeps it; e is kept by nobody, and keeps f.
        let (b, c, f) = (digest(b"b"), digest(b"c"), digest(b"f"));
        put(&store, b"a", &[
            (GC_ROOT, "2026-01-02T03:04:05Z"),
            ("containerd.io/gc.ref.content", &b),
            ("containerd.io/gc.ref.content.l.0", &c),
            ("containerd.io/gc.ref.content/gone", &digest(b"gone")),
            ("containerd.io/gc.ref.contents", &f),
            ("containerd.io/gc.ref.content.odd", "garbage"),
        ]);
        put(&store, b"b", &[]);
        put(&store, b"c", &[("containerd.io/gc.ref.content", &digest(b"a"))]);
        put(&store, b"d", &[("containerd.io/gc.bref.content.x", &b)]);
        put(&store, b"e", &[("containerd.io/gc.ref.content", &f)]);
        put(&store, b"f", &[]);
        let plan = now(store.plan()).expect("memory does not fail");
        let view = GcPlan::from(&plan);
        let mut kept: Vec<(String, Option<String>)> =
            view.keep.iter().map(|kept| (kept.blob.digest.clone(), kept.by.clone())).collect();
        let mut expected = vec![
            (digest(b"a"), None),
            (b.clone(), Some(digest(b"a"))),
            (c.clone(), Some(digest(b"a"))),
            (digest(b"d"), Some(b.clone())),
        ];
        kept.sort();
        expected.sort();
        assert_eq!(kept, expected);
        let mut removed: Vec<&str> = view.remove.iter().map(|info| info.digest.as_str()).collect();
        removed.sort_unstable();
        let mut expected = [digest(b"e"), f.clone()];
        expected.sort();
        assert_eq!(removed, expected);
        let unresolved: Vec<&str> =
            view.unresolved.iter().map(|label| label.label.key.as_str()).collect();
        assert_eq!(
            unresolved,
            ["containerd.io/gc.ref.content.odd", "containerd.io/gc.ref.content/gone"]
        );
        assert_eq!(view.freed, 2);
        // Nothing has gone yet; what is labelled meanwhile stays.
        let labels = [(GC_ROOT.to_owned(), "1".to_owned())].into();
        now(store.update(&f, &labels, &["labels"])).expect("f is there");
        let done = now(store.collect(&plan)).expect("memory does not fail");
        let gone: Vec<String> = done.remove.iter().map(|info| info.digest.to_string()).collect();
        assert_eq!(gone, [digest(b"e")]);
        assert_eq!(now(store.plan()).expect("memory does not fail").remove, []);
        let mut all = store.filters::<&str>(&[]).expect("none is a filter");
        assert_eq!(now(store.walk(&mut all)).expect("memory does not fail").len(), 5);
    }

    fn ingests_without_a_writer_go_after_a_day() {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NOW: AtomicU64 = AtomicU64::new(1_000_000);
        let clock = || Time(NOW.load(Ordering::Relaxed));
        let store = Store::new(Memory::new(clock), Rules::Local, Limits::default());
        let mut open_still = open(&store, "open").expect("nobody has it");
        let mut left = open(&store, "left").expect("nobody has it");
        now(left.write(b"abc")).expect("there is room");
        now(left.close()).expect("memory does not fail");
        let expired = |store: &Store<Memory>| {
            let plan = now(store.plan()).expect("memory does not fail");
            (plan.expired.iter().map(|status| status.reference.clone()).collect::<Vec<_>>(), plan)
        };
        NOW.fetch_add(24 * 3_600_000, Ordering::Relaxed);
        assert_eq!(expired(&store).0, [""; 0]);
        NOW.fetch_add(1, Ordering::Relaxed);
        let (names, plan) = expired(&store);
        assert_eq!((names, plan.freed()), (vec!["left".to_owned()], 3));
        let done = now(store.collect(&plan)).expect("memory does not fail");
        assert_eq!(done.expired.len(), 1);
        assert!(now(store.status("left")).is_err());
        now(open_still.write(b"more")).expect("it is still there");
    }

    fn a_manifest_s_labels_are_those_that_containerd_sets() {
        let limits = Limits::default();
        let manifest = br#"{"schemaVersion":2,
            "mediaType":"application/vnd.oci.image.manifest.v1+json",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":2,
              "digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
            "layers":[
             {"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","size":1,
              "digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
             {"mediaType":"application/vnd.oci.image.layer.v1.tar","size":1,
              "digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
             {"mediaType":"application/vnd.in-toto+json","size":1,
              "digest":"sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"}]}"#;
        let labels = child_labels(&children(manifest, None, &limits));
        let found: Vec<(&str, &str)> = labels
            .iter()
            .map(|(key, value)| (key.as_str(), value.get(7..8).unwrap_or_default()))
            .collect();
        assert_eq!(found, [
            ("containerd.io/gc.ref.content.0", "c"),
            ("containerd.io/gc.ref.content.config", "4"),
            ("containerd.io/gc.ref.content.l.0", "a"),
            ("containerd.io/gc.ref.content.l.1", "b"),
        ]);
        let index = br#"{"schemaVersion":2,
            "mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
             {"mediaType":"application/vnd.oci.image.manifest.v1+json","size":1,
              "digest":"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
             {"mediaType":"application/vnd.oci.image.index.v1+json","size":1,
              "digest":"sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}]}"#;
        let labels = child_labels(&children(index, None, &limits));
        let keys: Vec<&String> = labels.keys().collect();
        assert_eq!(keys, ["containerd.io/gc.ref.content.m.0", "containerd.io/gc.ref.content.m.1"]);
        assert_eq!(child_labels(&children(b"garbage", None, &limits)).len(), 0);
    }
}
