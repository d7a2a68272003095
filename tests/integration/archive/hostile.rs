//! Archives that lie: none panics, hangs or loses what came before the lie.

use oci_lens::archive::{Archive, Ending, FolderItem, LinkError, MemberError, MemberKind};
use oci_lens::digest::AnyDigest;
use oci_lens::limits::Limits;

use super::{ShortReads, codes, tars};
use tars::{ended, file, hardlink, header, header_with, layout, member, pax, symlink};

fn names(archive: &Archive<&[u8]>) -> Vec<String> {
    let members = archive.members().iter();
    members
        .map(|member| member.path().escape_ascii().to_string())
        .collect()
}

fn base256(value: u64) -> [u8; 12] {
    let mut field = [0; 12];
    field[0] = 0x80;
    field[4..].copy_from_slice(&value.to_be_bytes());
    field
}

fn pax_raw(data: &[u8]) -> Vec<u8> {
    member(b"PaxHeaders/x", b'x', data)
}

cases! {
    fn a_damaged_tar_keeps_what_came_before_the_damage() {
        let after = file("after", "x");
        let size = 124;
        let global = member(b"g", b'g', b"11 size=99\n");
        type Row<'a> = (&'a str, Vec<Vec<u8>>, &'a [&'a str], &'a [&'a str]);
        let rows: &[Row] = &[
            ("no damage", vec![after.clone()], &["after"], &[]),
            ("an octal size with a digit 9",
                vec![header_with(header(b"a", b'0', 0, b""), size, b"00000000009"), after.clone()],
                &[], &["tar-bad-header"]),
            ("a negative binary size",
                vec![header_with(header(b"a", b'0', 0, b""), size, &[0xff; 12]), after.clone()],
                &[], &["tar-bad-header"]),
            ("a binary size of more than 64 bits",
                vec![header_with(header(b"a", b'0', 0, b""), size, b"\x80\x01"), after.clone()],
                &[], &["tar-bad-header"]),
            ("a binary size that overflows with its offset",
                vec![header_with(header(b"a", b'0', 0, b""), size, &base256(u64::MAX)), after.clone()],
                &["a"], &["member-truncated"]),
            ("a size beyond the end",
                vec![header(b"a", b'0', 1 << 30, b""), after.clone()],
                &["a"], &["member-truncated"]),
            ("a checksum that does not hold",
                vec![file("a", "x"), vec![b'x'; 512], after.clone()],
                &["a"], &["tar-bad-header"]),
            ("a long name of 2 MiB",
                vec![member(b"L", b'L', &vec![b'n'; 2 << 20]), after.clone()],
                &[], &["limit-tar-header"]),
            ("a long name that states more than there is",
                vec![header(b"L", b'L', 1 << 19, b""), after.clone()],
                &[], &["tar-truncated"]),
            ("a name longer than any path",
                vec![member(b"L", b'L', &[b'n'; 20_000]), file("a", "x"), after.clone()],
                &["after"], &["limit-path"]),
            ("a PAX size that is none; the header's counts",
                vec![pax(&[("size", "-1")]), file("a", "x"), after.clone()],
                &["a", "after"], &["tar-pax-malformed"]),
            ("a PAX size that passes 64 bits; the header's counts",
                vec![pax(&[("size", "99999999999999999999")]), file("a", "x"), after.clone()],
                &["a", "after"], &["tar-pax-malformed"]),
            ("a PAX size that swallows the rest",
                vec![pax(&[("size", "999999")]), file("a", "x"), after.clone()],
                &["a"], &["member-truncated"]),
            ("a PAX size that hides the header's",
                vec![pax(&[("size", "0")]), header(b"a", b'0', 512, b""), after.clone()],
                &["a", "after"], &[]),
            ("a PAX record longer than its header",
                vec![pax_raw(b"99 path=evil\n"), file("a", "x"), after.clone()],
                &["a", "after"], &["tar-pax-malformed"]),
            ("a PAX record without its line feed",
                vec![pax_raw(b"12 path=evil"), file("a", "x"), after.clone()],
                &["a", "after"], &["tar-pax-malformed"]),
            ("a PAX record of length 0",
                vec![pax_raw(b"0 path=evil\n"), file("a", "x"), after.clone()],
                &["a", "after"], &["tar-pax-malformed"]),
            ("a PAX path with a line feed in it",
                vec![pax(&[("path", "b\nc")]), file("a", "x"), after.clone()],
                &["b\\nc", "after"], &[]),
            ("a PAX path that is taken back",
                vec![pax(&[("path", "b"), ("path", "")]), file("a", "x"), after.clone()],
                &["a", "after"], &[]),
            ("a global PAX size",
                vec![global, file("a", "x"), after.clone()],
                &["a", "after"], &["tar-global-name"]),
            ("an extension without a member",
                vec![after.clone(), pax(&[("path", "b")])],
                &["after"], &["tar-extension-alone"]),
            ("a folder with a size: no data follows",
                vec![header(b"d/", b'5', 99_999, b""), after.clone()],
                &["d", "after"], &["tar-size-ignored"]),
            ("a lone block of zeros in the middle",
                vec![file("a", "x"), vec![0; 512], after.clone()],
                &["a"], &["tar-lone-zero-block"]),
            ("a name that leads out",
                vec![file("../../etc/passwd", "x"), after.clone()],
                &["../../etc/passwd", "after"], &["member-leads-out"]),
            ("absolute and dotted names",
                vec![file("/a//b/./c", "x"), file("d/../e", "x"), after.clone()],
                &["a/b/c", "e", "after"], &[]),
            ("a sparse file",
                vec![pax(&[("GNU.sparse.major", "1"), ("GNU.sparse.name", "s")]), file("a", "x"),
                    after.clone()],
                &["s", "after"], &["member-sparse"]),
            ("a sparse file of the old form, its map in blocks of its own",
                vec![header_with(header(b"s", b'S', 0, b""), 482, &[1]),
                    [vec![0; 504], vec![1], vec![0; 7]].concat(), vec![0; 512], after.clone()],
                &["s", "after"], &["member-sparse"]),
            ("the same name twice",
                vec![file("a", "1"), file("a", "2"), after],
                &["a", "a", "after"], &["member-duplicate"]),
        ];
        for (what, parts, expected, findings) in rows {
            let tar = [layout(), ended(parts)].concat();
            let archive = tars::open(&tar);
            let found = names(&archive);
            assert_eq!(found.get(2..), Some(&expected.map_owned()[..]), "{what}");
            assert_eq!(codes(&archive), *findings, "{what}");
            for seed in 0..3 {
                let short = Archive::open_tar(ShortReads(&tar, seed), &Limits::default());
                let short = short.unwrap_or_else(|error| panic!("{what}: {error}"));
                assert_eq!(short.members(), archive.members(), "{what}");
                assert_eq!(codes(&short), *findings, "{what}");
            }
        }
    }

    fn of_members_with_one_name_the_last_counts() {
        let tar = ended(&[layout(), file("a", "1"), file("a", "22"), file("./a", "333")]);
        assert_eq!(tars::open(&tar).read_member(b"a", 10), Ok(b"333".to_vec()));
    }

    fn a_tar_cut_anywhere_keeps_every_member_before_the_cut() {
        let name = tars::blob_name(b"blob");
        let tar = ended(&[layout(), pax(&[("path", &name)]), file("b", "blob"), file("c", "d")]);
        let whole = tars::open(&tar);
        let data_end = |count: usize| whole.members().get(count).map_or(u64::MAX, |member| {
            member.data_offset()
        });
        let mut cuts: Vec<usize> = (0..200)
            .map(|seed| tars::random(seed) as usize % tar.len())
            .collect();
        cuts.extend((0..tar.len()).step_by(512));
        for cut in cuts {
            let part = tar.get(..cut).unwrap_or_default();
            let count = (0..4).filter(|&count| data_end(count) <= cut as u64).count();
            if count < 1 {
                // Not even the first header.
                let code = tars::error(part).code();
                assert!(matches!(code, "empty-file" | "not-an-archive"), "{cut}: {code}");
                continue;
            }
            let archive = tars::open(part);
            let expected = whole.members().get(..count).unwrap_or_default();
            let found: Vec<&[u8]> = archive.members().iter().map(|member| member.path()).collect();
            let wanted: Vec<&[u8]> = expected.iter().map(|member| member.path()).collect();
            assert_eq!(found, wanted, "cut at {cut}");
            for member in archive.members() {
                let left = (cut as u64).saturating_sub(member.data_offset());
                let available = left.min(member.size());
                assert_eq!(member.is_truncated(), available < member.size(), "cut at {cut}");
                assert_eq!(
                    member.location().map(|location| location.available),
                    Some(available),
                    "cut at {cut}"
                );
            }
        }
    }

    fn a_document_cut_off_is_its_own_error() {
        let tar = [layout(), file("a", "0123456789")].concat();
        let archive = tars::open(tar.get(..tar.len() - 506).unwrap_or_default());
        let error = archive.read_member(b"a", 100);
        assert_eq!(error, Err(MemberError::Truncated { expected: 10, available: 6 }));
        let error = archive.read_member(b"a", 9);
        assert_eq!(error, Err(MemberError::TooLarge { size: 10, cap: 9 }));
        let error = archive.read_member(b"b", 9);
        assert_eq!(error, Err(MemberError::Link(LinkError::NotFound)));
    }

    fn an_archive_cut_before_its_documents_says_so() {
        let tar = [file("blobs/sha256/a", "x"), header(b"b", b'0', 9999, b"")].concat();
        let error = tars::error(&tar);
        assert_eq!(error.code(), "tar-truncated");
        assert_eq!(
            error.to_string(),
            "the tar is cut off inside the member at byte 1024; members after it are not seen; \
             no index.json or manifest.json was found; its members: blobs/sha256/a, b",
        );
    }

    fn links_stay_inside_and_come_to_an_end() {
        let tar = ended(&[
            layout(), file("dir/file", "content"), file("top", "top"),
            symlink("dir/plain", "file"), symlink("dir/up", "../top"), symlink("to-dir", "dir"),
            symlink("a/b/deep", "../../to-dir/file"), hardlink("hard", "./dir/file"),
            hardlink("hard-to-link", "dir/up"), symlink("loop", "loop"),
            symlink("ping", "pong"), symlink("pong", "ping"), hardlink("self", "self"),
            symlink("out", "../../etc/passwd"), symlink("absolute", "/etc/passwd"),
            symlink("dangling", "nowhere"), symlink("grow", "grow/x"), symlink("dir/dot", "."),
            symlink("empty", ""),
        ]);
        let archive = tars::open(&tar);
        let many = LinkError::TooManyLinks { followed: 255 };
        let rows: &[(&str, Result<&str, LinkError>)] = &[
            ("dir/file", Ok("dir/file")),
            ("./dir//file", Ok("dir/file")),
            ("/dir/file", Ok("dir/file")),
            ("dir/plain", Ok("dir/file")),
            ("dir/up", Ok("top")),
            ("to-dir/file", Ok("dir/file")),
            ("to-dir/up", Ok("top")),
            ("a/b/deep", Ok("dir/file")),
            ("hard", Ok("dir/file")),
            ("hard-to-link", Ok("top")),
            ("loop", Err(many)),
            ("ping", Err(many)),
            ("self", Err(many)),
            ("loop/x", Err(many)),
            ("grow", Err(many)),
            ("out", Err(LinkError::LeadsOut)),
            ("absolute", Err(LinkError::LeadsOut)),
            ("../top", Err(LinkError::LeadsOut)),
            ("dangling", Err(LinkError::TargetMissing)),
            ("dir/dot", Err(LinkError::TargetMissing)),
            ("empty", Err(LinkError::TargetMissing)),
            ("nowhere", Err(LinkError::NotFound)),
            ("", Err(LinkError::NotFound)),
        ];
        for (name, expected) in rows {
            let found = archive.resolve(name.as_bytes()).map(|member| member.path());
            assert_eq!(found, expected.map(str::as_bytes), "{name}");
        }
    }

    fn blobs_behind_links_are_found_or_named() {
        let names: Vec<String> = [b"1", b"2", b"3", b"4", b"5"]
            .map(|content| tars::blob_name(content))
            .to_vec();
        let [linked, hard, looping, out, folder] = names.as_slice() else { return };
        let tar = ended(&[
            layout(), file("manifest", "1"), symlink(linked, "../../manifest"),
            hardlink(hard, "manifest"), symlink(looping, looping.trim_start_matches("blobs/sha256/")),
            symlink(out, "../../../x"), header(folder.as_bytes(), b'5', 0, b""),
        ]);
        let archive = tars::open(&tar);
        let found: Vec<(&str, u64)> = archive
            .blobs()
            .iter()
            .map(|blob| (&*blob.name, blob.location.size))
            .collect();
        let mut expected = vec![(linked.as_str(), 1), (hard.as_str(), 1)];
        expected.sort_unstable();
        assert_eq!(found, expected);
        let mut findings: Vec<(&str, &str)> = archive
            .diagnostics()
            .iter()
            .map(|finding| (finding.code.as_str(), finding.blob.as_deref().unwrap_or_default()))
            .collect();
        findings.sort_unstable();
        assert_eq!(findings, [
            ("blob-not-a-file", folder.as_str()),
            ("link-leads-out", out.as_str()),
            ("link-loop", looping.as_str()),
        ]);
        let missing = looping.trim_start_matches("blobs/sha256/");
        let missing = AnyDigest::parse(&format!("sha256:{missing}"));
        assert_eq!(missing.ok().and_then(|digest| archive.blob(&digest)), None);
    }

    fn links_to_links_by_the_thousand_end_at_the_cap() {
        let mut parts = vec![layout()];
        for link in 0..2000 {
            parts.push(symlink(&format!("blobs/sha256/{link:064x}"), &format!("{:064x}", link + 1)));
        }
        let limits = Limits { link_lookups: 10_000, ..Limits::default() };
        let tar = ended(&parts);
        let archive = Archive::open_tar(tar.as_slice(), &limits);
        let archive = archive.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(archive.blobs().len(), 0);
        let codes = codes(&archive);
        let count = |code: &str| codes.iter().filter(|found| **found == code).count();
        assert_eq!((count("link-loop"), count("limit-link-lookups")), (39, 961));
    }

    fn members_by_the_hundred_thousand_are_listed() {
        let mut tar = layout();
        for member in 0..100_000 {
            tar.extend_from_slice(&file(&format!("blobs/sha256/{member:064x}"), ""));
        }
        let tar = ended(&[tar]);
        let archive = tars::open(&tar);
        assert_eq!((archive.members().len(), archive.blobs().len()), (100_002, 100_000));
        let last = AnyDigest::parse(&format!("sha256:{:064x}", 99_999));
        let last = last.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(archive.blob(&last).map(|blob| &blob.digest), Some(&last));
    }

    fn caps_on_members_and_names_keep_what_came_before() {
        let tar = ended(&[layout(), file("a", "1"), file("b", "2")]);
        let members = Limits { members: 3, ..Limits::default() };
        let names_cap = Limits { member_name_bytes: 21, ..Limits::default() };
        for (limits, code) in [(members, "limit-members"), (names_cap, "limit-member-names")] {
            let archive = Archive::open_tar(tar.as_slice(), &limits);
            let archive = archive.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(names(&archive), ["oci-layout", "index.json", "a"], "{code}");
            assert_eq!(codes(&archive), [code]);
            let files = archive.members().iter().filter_map(|member| {
                Some((member.path().to_vec(), FolderItem::File(tars::slice(&tar, member.location()?))))
            });
            let more = [(b"b".to_vec(), FolderItem::File(tar.as_slice()))];
            let folder = Archive::open_folder(files.chain(more), &limits);
            let folder = folder.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(folder.members().len(), 3, "{code}");
            assert_eq!(codes(&folder), [code]);
        }
        let none = Limits { members: 0, ..Limits::default() };
        let error = Archive::open_tar(tar.as_slice(), &none).map(|_| ());
        let error = error.map_err(|error| (error.code(), error.members().len()));
        assert_eq!(error, Err(("limit-members", 0)));
    }

    fn a_source_that_fails_midway_keeps_what_came_before() {
        struct Failing<'a>(&'a [u8], u64);
        impl oci_lens::source::ReadAt for Failing<'_> {
            fn size(&self) -> u64 {
                self.0.len() as u64
            }
            fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
                let left = self.1.saturating_sub(offset);
                if left == 0 {
                    return Err(std::io::Error::other("bad sector"));
                }
                let length = buffer.len().min(left as usize);
                self.0.read_at(offset, buffer.get_mut(..length).unwrap_or_default())
            }
        }
        let tar = ended(&[layout(), member(b"big", b'0', &vec![1; 1 << 20]), file("b", "2")]);
        let archive = Archive::open_tar(Failing(&tar, 1 << 19), &Limits::default());
        let archive = archive.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(archive.members().len(), 3);
        assert_eq!(codes(&archive), ["read-failed"]);
        let error = Archive::open_tar(Failing(&tar, 0), &Limits::default()).map(|_| ());
        let ending = Ending::Failed { offset: 0, message: "bad sector".to_owned() };
        assert_eq!(error.map_err(|error| error.to_string()), Err(format!(
            "{ending}; no index.json or manifest.json was found; there are no members"
        )));
    }

    fn names_are_bytes() {
        let name = b"caf\xe9/\xff";
        let tar = ended(&[layout(), member(name, b'0', b"x")]);
        let archive = tars::open(&tar);
        assert_eq!(archive.read_member(name, 1), Ok(b"x".to_vec()));
        assert_eq!(
            archive.members().get(2).map(|member| (member.path(), member.kind())),
            Some((name.as_slice(), &MemberKind::File)),
        );
    }

    fn noise_never_panics() {
        let tar = ended(&[
            layout(), pax(&[("path", "x"), ("size", "5")]), file("b", "blob"),
            symlink("l", "b"), member(b"L", b'L', b"long"), file("c", "d"),
        ]);
        for seed in 0..3000_u64 {
            let mut noisy = tar.clone();
            for round in 0..=seed % 4 {
                let at = tars::random(seed * 7 + round) as usize % noisy.len();
                let value = tars::random(seed * 11 + round).to_le_bytes();
                if let Some(byte) = noisy.get_mut(at) {
                    *byte = value[0];
                }
                // The checksum made right again, so that the change is seen.
                let block = at / 512 * 512;
                if let Some(part) = noisy.get_mut(block..block + 512) {
                    let fixed = header_with(part.to_vec(), 512, b"");
                    part.copy_from_slice(&fixed);
                }
            }
            let whole = Archive::open_tar(noisy.as_slice(), &Limits::default());
            let short = Archive::open_tar(ShortReads(&noisy, seed), &Limits::default());
            match (whole, short) {
                (Ok(whole), Ok(short)) => assert_eq!(whole.members(), short.members(), "{seed}"),
                (Err(whole), Err(short)) => assert_eq!(whole, short, "{seed}"),
                _ => panic!("{seed}: the size of reads changes the result"),
            }
        }
    }
}

trait MapOwned {
    fn map_owned(&self) -> Vec<String>;
}

impl MapOwned for &[&str] {
    fn map_owned(&self) -> Vec<String> {
        self.iter().map(|name| (*name).to_owned()).collect()
    }
}
