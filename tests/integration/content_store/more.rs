//! What the vectors leave open: times, the layer below, files as containerd has
//! them, damage.

use oci_lens::content::{
    Backend, Blobs, Class, File, GC_ROOT, Ingest, Labels, Memory, Plan, StoreError, Time, Writer,
    now,
};
use oci_lens::digest::Digest;
use oci_lens::report::ContentInfo;

use super::{memory, open, put, store};

fn code<T>(result: Result<T, StoreError>) -> Option<&'static str> {
    result.err().map(|error| error.code())
}

/// Sizes and first parts of containerd's testsuite, `checkResume…`.
fn resumes(how: impl Fn(&mut Writer<Memory>, &[u8], usize)) {
    for size in [500usize, 5_000, 50_000] {
        for part in [0, 1, 5, 9, 10] {
            let content: Vec<u8> = (0..size).map(|at| (at * 31 % 251) as u8).collect();
            let first = size * part / 10;
            let store = store(memory());
            let ingest = Ingest {
                reference: "r".to_owned(),
                total: size as u64,
                expected: Digest::sha256(&content).to_string(),
            };
            let mut writer = now(store.writer(&ingest)).expect("nobody has it");
            let before = content.get(..first).expect("a part of it");
            now(writer.write(before)).expect("there is room");
            let started = writer.status().started;
            drop(writer);
            let mut writer = now(store.writer(&ingest)).expect("nobody has it any more");
            assert_eq!(writer.status().offset, first as u64);
            assert_eq!(writer.status().started, started);
            assert_eq!(writer.digest(), Digest::sha256(before));
            how(&mut writer, &content, first);
            let expected = Digest::sha256(&content);
            let digest = now(writer.commit(size as u64, &ingest.expected, &Labels::new()));
            assert_eq!(digest.expect("it is whole"), expected);
            let bytes = now(store.read_at(&ingest.expected, 0, size + 1)).expect("it is stored");
            assert_eq!(bytes, content);
        }
    }
}

cases! {
    fn an_ingest_that_was_left_is_gone_on_with() {
        resumes(|writer, content, first| {
            let rest = content.get(first..).expect("a part of it");
            now(writer.write_at(first as u64, rest)).expect("it goes on there");
        });
    }

    fn an_ingest_that_was_left_begins_anew() {
        resumes(|writer, content, _| {
            now(writer.truncate(0)).expect("it is open");
            now(writer.write(content)).expect("there is room");
        });
    }

    fn bytes_for_another_place_than_the_end_are_refused() {
        let store = store(memory());
        let mut writer = open(&store, "r").expect("nobody has it");
        now(writer.write_at(0, b"abc")).expect("it begins there");
        for offset in [0, 2, 4] {
            assert_eq!(code(now(writer.write_at(offset, b"x"))), Some("out-of-range"));
        }
        now(writer.close()).expect("memory does not fail");
        assert_eq!(code(now(writer.write(b"x"))), Some("failed-precondition"));
        assert_eq!(code(now(writer.truncate(0))), Some("failed-precondition"));
        assert_eq!(now(store.status("r")).map(|status| status.offset).ok(), Some(3));
    }

    fn an_open_ingest_is_not_aborted() {
        let store = store(memory());
        let mut writer = open(&store, "r").expect("nobody has it");
        assert!(now(store.status("r")).is_ok_and(|status| status.active));
        assert_eq!(code(now(store.abort("r"))), Some("unavailable"));
        now(writer.close()).expect("memory does not fail");
        assert!(now(store.status("r")).is_ok_and(|status| !status.active));
        now(store.abort("r")).expect("nobody has it");
    }

    fn what_was_expected_is_known_when_it_is_gone_on_with() {
        let store = store(memory());
        let expected = Digest::sha256(b"abc").to_string();
        let ingest = Ingest { reference: "r".to_owned(), total: 3, expected: expected.clone() };
        drop(now(store.writer(&ingest)).expect("nobody has it"));
        let writer = open(&store, "r").expect("nobody has it any more");
        assert_eq!((writer.status().total, writer.status().expected.as_str()), (3, expected.as_str()));
    }

    fn times_move_with_labels_and_bytes_only() {
        let store = store(memory());
        let digest = put(&store, b"abc", &[]);
        let before = now(store.info(&digest)).expect("it is stored");
        assert_eq!(before.created, before.updated);
        let labels: Labels = [("k".to_owned(), "v".to_owned())].into();
        let after = now(store.update(&digest, &labels, &["labels.k"])).expect("it is stored");
        assert_eq!(after.created, before.created);
        assert!(after.updated > before.updated);
        assert_eq!(now(store.info(&digest)).expect("it is stored"), after);
    }

    fn blobs_below_are_listed_and_never_changed() {
        let mut store = store(memory());
        let below = Digest::sha256(b"below");
        let stored = put(&store, b"stored", &[("k", "v")]);
        let both: Blobs = [(below, 5), (Digest::sha256(b"stored"), 6)].into();
        store.set_lower(both);
        let digest = below.to_string();
        let info = now(store.info(&digest)).expect("it lies below");
        assert_eq!((info.size, info.read_only), (5, true));
        let list = |filter: &str| {
            let mut filters = store.filters(&[filter]).expect("it is a filter");
            let found = now(store.walk(&mut filters)).expect("memory does not fail");
            found.into_iter().map(|info| (info.digest.to_string(), info.read_only)).collect::<Vec<_>>()
        };
        let mut all = [(digest.clone(), true), (stored.clone(), false)];
        all.sort();
        assert_eq!(list(""), all);
        assert_eq!(list("labels.k"), [(stored.clone(), false)]);
        assert_eq!(code(now(store.delete(&digest))), Some("failed-precondition"));
        assert_eq!(code(now(store.update(&digest, &Labels::new(), &["labels"]))), Some("failed-precondition"));
        // It can be kept, under its own digest.
        let ingest = Ingest { reference: "r".to_owned(), total: 5, expected: digest.clone() };
        let mut writer = now(store.writer(&ingest)).expect("it is not stored");
        now(writer.write(b"below")).expect("there is room");
        now(writer.commit(5, &digest, &Labels::new())).expect("it is what it should be");
        assert!(now(store.info(&digest)).is_ok_and(|info| !info.read_only));
        now(store.delete(&stored)).expect("it is stored");
        assert!(now(store.info(&stored)).is_ok_and(|info| info.read_only));
        assert!(now(store.plan()).is_ok_and(|plan| plan.remove.len() == 1));
    }

    fn caps_are_errors_of_their_own() {
        let store = store(memory());
        let long = "r".repeat(5_000);
        assert_eq!(code(open(&store, &long)), Some("invalid-argument"));
        let mut writer = open(&store, "r").expect("nobody has it");
        let labels: Labels = [("k".to_owned(), "v".repeat(70_000))].into();
        assert_eq!(code(now(writer.commit(0, "", &labels))), Some("invalid-argument"));
        // It is open still.
        now(writer.commit(0, "", &Labels::new())).expect("nothing is wrong with it");
    }

    fn damage_is_told_and_can_be_removed() {
        let backend = memory();
        let store = store(backend.clone());
        let digest = put(&store, b"abc", &[]);
        let record = format!("labels/sha256/{}", Digest::sha256(b"abc").encoded());
        now(backend.write(&record, b"\x09garbage")).expect("memory does not fail");
        let error = now(store.info(&digest)).expect_err("it is damaged");
        assert_eq!(error.class(), Class::Other);
        assert!(error.to_string().contains(&digest), "{error}");
        now(store.delete(&digest)).expect("it is removed without being read");
        assert_eq!(code(now(store.info(&digest))), Some("not-found"));
    }

    fn a_damaged_record_hides_no_other_blob() {
        let backend = memory();
        let store = store(backend.clone());
        let kept = put(&store, b"kept", &[(GC_ROOT, "1")]);
        let damaged = put(&store, b"abc", &[("k", "v")]);
        let record = format!("labels/sha256/{}", Digest::sha256(b"abc").encoded());
        now(backend.write(&record, b"\x09garbage")).expect("memory does not fail");
        let walk = |filters: &[&str]| {
            let mut filters = store.filters(filters).expect("they are filters");
            let found = now(store.walk(&mut filters)).expect("the others are listed");
            found.iter().map(|info| (info.digest.to_string(), info.damaged)).collect::<Vec<_>>()
        };
        let mut all = [(kept.clone(), false), (damaged.clone(), true)];
        all.sort();
        assert_eq!(walk(&[]), all);
        assert_eq!(walk(&[&format!("digest=={damaged}")]), [(damaged.clone(), true)]);
        // Its labels are not known.
        assert_eq!(walk(&["labels.k==v"]), []);

        let message = format!("what the store wrote down of {damaged} is not readable");
        let info = now(store.look(&damaged)).expect("it is there");
        assert_eq!((info.size, ContentInfo::from(&info).problem), (3, Some(message.clone())));
        let labels: Labels = [("k".to_owned(), "w".to_owned())].into();
        for error in [
            now(store.info(&damaged)).map(drop),
            now(store.update(&damaged, &labels, &["labels.k"])).map(drop),
        ] {
            assert_eq!(error.map_err(|error| error.to_string()), Err(message.clone()));
        }
        assert_eq!(now(store.read_at(&damaged, 0, 9)).ok(), Some(b"abc".to_vec()));

        // What it keeps is not known, and so what is garbage is not.
        put(&store, b"garbage", &[]);
        let refused = format!(
            "what is garbage cannot be told while the labels of {damaged} cannot be read"
        );
        for error in [
            now(store.plan()).map(drop),
            now(store.collect(&Plan::default())).map(drop),
        ] {
            let error = error.expect_err("a blob is damaged");
            assert_eq!((error.code(), error.to_string()), ("failed-precondition", refused.clone()));
        }
        now(store.delete(&damaged)).expect("it is removed without being read");
        assert_eq!(walk(&["labels.\"containerd.io/gc.root\""]), [(kept, false)]);
        assert_eq!(now(store.plan()).map(|plan| plan.remove.len()).ok(), Some(1));
    }

    fn names_that_are_no_digests_are_no_blobs() {
        let backend = memory();
        for name in ["blobs/sha256/abc", "blobs/md5/d41d8cd98f00b204e9800998ecf8427e", "blobs/x"] {
            now(backend.write(name, b"abc")).expect("memory does not fail");
        }
        let store = store(backend);
        let digest = put(&store, b"abc", &[]);
        let mut all = store.filters::<&str>(&[]).expect("none is a filter");
        let found = now(store.walk(&mut all)).expect("memory does not fail");
        assert_eq!(found.iter().map(|info| info.digest.to_string()).collect::<Vec<_>>(), [digest]);
    }

    fn a_backend_that_is_full_says_so_and_loses_nothing() {
        let store = store(Small(memory()));
        let mut writer = now(store.writer(&Ingest { reference: "r".to_owned(), ..Ingest::default() }))
            .expect("nobody has it");
        now(writer.write(b"abcd")).expect("there is room");
        let error = now(writer.write(b"efgh12345")).expect_err("there is no room");
        assert_eq!(error.code(), "resource-exhausted");
        assert!(error.to_string().starts_with("there is no room left to store it"), "{error}");
        assert_eq!(writer.status().offset, 4);
        now(writer.write(b"ef")).expect("there is room");
        assert_eq!(writer.digest(), Digest::sha256(b"abcdef"));
        now(writer.close()).expect("memory does not fail");
        let again = open(&store, "r").expect("nobody has it");
        assert_eq!(again.digest(), Digest::sha256(b"abcdef"));
    }

    fn times_are_read_as_they_are_written() {
        for (millis, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            // GNU date -u -d @951782400; the leap day of a century year.
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_767_323_045_678, "2026-01-02T03:04:05.678Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Time(millis).to_string(), text);
            assert_eq!(Time::parse(text), Some(Time(millis)), "{text}");
        }
        for text in ["2026-01-02T03:04:05Z", "2026-01-02T05:34:05+02:30", "2026-01-01T22:04:05-05:00"] {
            assert_eq!(Time::parse(text), Some(Time(1_767_323_045_000)), "{text}");
        }
        assert_eq!(Time::parse("2026-01-02T03:04:05.678901234Z"), Some(Time(1_767_323_045_678)));
        for text in ["", "now", "2026-13-02T03:04:05Z", "2026-01-02", "2026-01-02T03:04:05", "1969-01-02T03:04:05Z"] {
            assert_eq!(Time::parse(text), None, "{text}");
        }
    }
}

/// Memory whose files hold no more than eight bytes of data.
#[derive(Clone)]
struct Small(Memory);

struct SmallFile(<Memory as Backend>::File);

impl File for SmallFile {
    fn size(&mut self) -> std::io::Result<u64> {
        self.0.size()
    }
    fn read_at(&mut self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read_at(offset, buffer)
    }
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> std::io::Result<()> {
        let room = 8u64.saturating_sub(offset) as usize;
        // As disks do: what fits is written.
        self.0
            .write_at(offset, bytes.get(..room).unwrap_or(bytes))?;
        match bytes.len() > room {
            true => Err(std::io::ErrorKind::QuotaExceeded.into()),
            false => Ok(()),
        }
    }
    fn truncate(&mut self, size: u64) -> std::io::Result<()> {
        self.0.truncate(size)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

impl Backend for Small {
    type File = SmallFile;
    type Guard = <Memory as Backend>::Guard;

    fn now(&self) -> Time {
        self.0.now()
    }
    async fn list(&self, folder: &str) -> std::io::Result<Vec<String>> {
        self.0.list(folder).await
    }
    async fn stat(&self, name: &str) -> std::io::Result<Option<oci_lens::content::Stat>> {
        self.0.stat(name).await
    }
    async fn read(
        &self,
        name: &str,
        offset: u64,
        length: usize,
    ) -> std::io::Result<Option<Vec<u8>>> {
        self.0.read(name, offset, length).await
    }
    async fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        self.0.write(name, bytes).await
    }
    async fn open(&self, name: &str) -> std::io::Result<SmallFile> {
        self.0.open(name).await.map(SmallFile)
    }
    async fn rename(&self, from: &str, to: &str) -> std::io::Result<()> {
        self.0.rename(from, to).await
    }
    async fn remove(&self, name: &str) -> std::io::Result<()> {
        self.0.remove(name).await
    }
    async fn lock(&self, name: &str) -> std::io::Result<Self::Guard> {
        self.0.lock(name).await
    }
    async fn try_lock(&self, name: &str) -> std::io::Result<Option<Self::Guard>> {
        self.0.try_lock(name).await
    }
    async fn is_locked(&self, name: &str) -> std::io::Result<bool> {
        self.0.is_locked(name).await
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod on_disk {
    use std::fs;

    use oci_lens::content::{Folder, Store, now};
    use oci_lens::digest::Digest;

    use super::{open, put, store};

    fn folder() -> (tempfile::TempDir, Store<Folder>) {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let store = store(Folder::new(folder.path()));
        (folder, store)
    }

    #[test]
    fn files_lie_where_containerd_has_them() {
        let (folder, store) = folder();
        put(&store, b"hello", &[]);
        let mut writer = open(&store, "layer-1").expect("nobody has it");
        now(writer.write(b"abc")).expect("there is room");
        now(writer.close()).expect("the disk is there");
        let root = folder.path();
        // Digests by GNU sha256sum.
        let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        let blob = root.join("blobs/sha256").join(hello);
        assert_eq!(fs::read(&blob).expect("it is stored"), b"hello");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&blob)
                .expect("it is stored")
                .permissions()
                .mode();
            assert_eq!(mode & 0o222, 0);
        }
        let ingest = root
            .join("ingest")
            .join(Digest::sha256(b"layer-1").encoded());
        assert_eq!(
            fs::read(ingest.join("ref")).expect("it has a name"),
            b"layer-1"
        );
        assert_eq!(fs::read(ingest.join("data")).expect("it has data"), b"abc");
        let started = fs::read_to_string(ingest.join("startedat")).expect("it has begun");
        assert!(
            started.starts_with("20") && started.ends_with('Z'),
            "{started}"
        );
    }

    #[test]
    fn containerd_s_own_folder_can_be_read() {
        let (folder, store) = folder();
        let blobs = folder.path().join("blobs/sha256");
        fs::create_dir_all(&blobs).expect("a folder can be made");
        let digest = Digest::sha256(b"abc");
        fs::write(blobs.join(digest.encoded()), b"abc").expect("the disk is there");
        let info = now(store.info(&digest.to_string())).expect("it is there");
        assert_eq!((info.size, info.labels.len()), (3, 0));
        assert!(info.created.is_some_and(|time| time.0 > 1_700_000_000_000));
        let ingest = folder
            .path()
            .join("ingest")
            .join(Digest::sha256(b"r").encoded());
        fs::create_dir_all(&ingest).expect("a folder can be made");
        for (name, text) in [
            ("ref", "r"),
            ("data", "ab"),
            ("total", "3"),
            ("startedat", "2026-01-02T03:04:05.678901234Z"),
            ("updatedat", "2026-01-02T03:04:05.678901234Z"),
        ] {
            fs::write(ingest.join(name), text).expect("the disk is there");
        }
        let writer = open(&store, "r").expect("nobody has it");
        let status = writer.status();
        assert_eq!((status.offset, status.total), (2, 3));
        assert_eq!(status.started.0, 1_767_323_045_678);
    }

    #[test]
    fn two_stores_over_one_folder_lock_each_other_out() {
        let (folder, first) = folder();
        let second = store(Folder::new(folder.path()));
        let mut writer = open(&first, "r").expect("nobody has it");
        let error = open(&second, "r").expect_err("the first has it");
        assert_eq!(error.code(), "unavailable");
        assert!(now(second.status("r")).is_ok_and(|status| status.active));
        now(writer.close()).expect("the disk is there");
        assert!(now(second.status("r")).is_ok_and(|status| !status.active));
        open(&second, "r").expect("nobody has it any more");
        let locks = fs::read_dir(folder.path().join("locks")).expect("it was made");
        assert_eq!(locks.count(), 0);
    }
}
