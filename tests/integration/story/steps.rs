//! What each layer did to a path, and with what attributes.

use std::slice::from_ref;

use oci_lens::{
    diagnostic::Diagnostics,
    digest::Digest,
    layer::table::EntryKind,
    limits::Limits,
    report::{Field, FieldChange, StoryStep, StoryView},
    tree::{MergedTree, Rules},
};

use crate::support::layer_stack::{Item, Stack, seconds, table};

/// `layer event[ entry][ cause by path][ Field before>after, …]`.
fn line(step: &StoryStep) -> String {
    let mut text = format!("{} {:?}", step.layer, step.event);
    if let Some(entry) = &step.entry {
        text += &format!(" #{}", entry.place.entry);
    }
    if let Some(cause) = &step.hidden_by {
        text += &format!(" {cause:?}");
    }
    if let Some(by) = &step.by {
        text += &format!(" by {}", by.path);
    }
    let change = |change: &FieldChange| {
        let side = |side: &Option<String>| side.clone().unwrap_or("-".to_owned());
        format!(
            "{:?} {}>{}",
            change.field,
            side(&change.before),
            side(&change.after)
        )
    };
    let changes: Vec<String> = step.changes.iter().map(change).collect();
    if !changes.is_empty() {
        text += &format!(" [{}]", changes.join(", "));
    }
    text
}

fn lines(story: &StoryView) -> Vec<String> {
    story.steps.iter().map(line).collect()
}

fn digest(digit: char) -> Option<Digest> {
    let text = format!("sha256:{}", digit.to_string().repeat(64));
    Some(Digest::parse(&text).expect("a digest"))
}

cases! {
    fn each_step_tells_what_its_layer_changed() {
        let base = {
            let mut file = Item::file("f");
            (file.size, file.content) = (5, digest('a'));
            file
        };
        let mut chmod = base.clone();
        (chmod.mode, chmod.uid, chmod.gid) = (0o4755, 7, 8);
        let mut touch = chmod.clone();
        touch.mtime = seconds(1);
        touch.xattrs = vec![(b"user.k".to_vec(), b"v\0".to_vec())];
        let mut edit = touch.clone();
        edit.content = digest('b');
        let mut device = Item::new(EntryKind::Char, "f");
        (device.device, device.mode) = ((8, 1), 0o4755);
        let stack = Stack::of(Rules::Spec, &[
            from_ref(&base), from_ref(&chmod), from_ref(&touch), from_ref(&touch), &[edit], &[device],
            &[Item::symlink("f", "a\u{202e}b")], &[Item::file(".wh.f")], from_ref(&base), &[Item::file("f/g")],
        ]);
        let story = stack.tree.story(b"f");
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        assert_eq!(lines(&story), [
            "0 Made #0".to_owned(),
            "1 Attributes #0 [Mode 0644>4755, Uid 0>7, Gid 0>8]".to_owned(),
            "2 Attributes #0 [Mtime 1000000000000000000>1000000000, Xattrs ->user.k=v\\u{0}]".to_owned(),
            "3 Rewritten #0".to_owned(),
            format!("4 Replaced #0 [Content {a}>{b}]"),
            "5 Replaced #0 [Type file>char, Uid 7>0, Gid 8>0, Size 5>-, Mtime 1000000000>1000000000000000000, Device ->8:1, Xattrs user.k=v\\u{0}>-]".to_owned(),
            "6 Replaced #0 [Type char>symlink, Mode 4755>0777, LinkName ->a\\u{202e}b, Device 8:1>-]".to_owned(),
            "7 Hidden Whiteout by .wh.f".to_owned(),
            "8 Restored #0 [Type symlink>file, Mode 0777>0644, Size ->5, LinkName a\\u{202e}b>-]".to_owned(),
            "9 Replaced [Type file>dir, Mode 0644>0755, Size 5>-, Mtime 1000000000000000000>-]".to_owned(),
        ]);
        assert!(story.present && story.now.is_none(), "a directory that no entry made");
        let shown = story.steps.get(2).and_then(|step| step.entry.as_ref()).expect("an entry");
        let xattr = shown.xattrs.first().expect("an xattr");
        assert_eq!((xattr.name.as_str(), xattr.value.as_str(), xattr.base64.as_str()), ("user.k", "v\\u{0}", "dgA="));
        assert_eq!((shown.mode_text.as_str(), shown.sha256.as_deref()), ("-rwsr-xr-x", Some(a.as_str())));
    }

    fn without_digests_size_and_time_tell_whether_a_file_is_another() {
        let mut file = Item::file("f");
        file.size = 5;
        let mut chmod = file.clone();
        chmod.mode = 0o600;
        let mut later = file.clone();
        later.mtime = seconds(2_000_000_000);
        let mut larger = later.clone();
        larger.size = 6;
        let stack = Stack::of(Rules::Spec, &[from_ref(&file), &[chmod], from_ref(&file), &[later], from_ref(&larger), from_ref(&larger)]);
        assert_eq!(lines(&stack.tree.story(b"f")), [
            "0 Made #0",
            "1 Attributes #0 [Mode 0644>0600]",
            "2 Attributes #0 [Mode 0600>0644]",
            "3 Replaced #0 [Mtime 1000000000000000000>2000000000000000000]",
            "4 Replaced #0 [Size 5>6]",
            "5 Rewritten #0",
        ]);
    }

    fn each_way_to_be_hidden_is_named_with_the_entry_that_did_it() {
        let lower = [Item::dir("d"), Item::file("d/e/f")];
        let table: [(&[Item], &[u8], &str); 6] = [
            (&[Item::file("d/e/.wh.f")], b"d/e/f", "1 Hidden Whiteout by d/e/.wh.f"),
            (&[Item::file("d/.wh.e")], b"d/e/f", "1 Hidden ParentWhiteout by d/.wh.e"),
            (&[Item::file(".wh.d")], b"d/e/f", "1 Hidden ParentWhiteout by .wh.d"),
            (&[Item::file("d/.wh..wh..opq")], b"d/e/f", "1 Hidden OpaqueWhiteout by d/.wh..wh..opq"),
            (&[Item::symlink("d", "x")], b"d/e/f", "1 Hidden ParentReplaced by d"),
            (&[Item::file("./d/../d/e")], b"d/e/f", "1 Hidden ParentReplaced by d/e"),
        ];
        for (upper, path, expected) in table {
            let stack = Stack::of(Rules::Spec, &[&lower, upper]);
            let story = stack.tree.story(path);
            assert_eq!(lines(&story), ["0 Made #1", expected]);
            assert!(!story.present && story.now.is_none());
        }
    }

    fn a_directory_is_implied_described_and_merged() {
        let mut closed = Item::dir("d");
        closed.mode = 0o700;
        let stack = Stack::of(Rules::Spec, &[
            &[Item::file("d/f")], &[closed], &[Item::file("d/.wh..wh..opq"), Item::file("d/g")], &[Item::file(".wh.d")], &[Item::file("d/h")],
        ]);
        let story = stack.tree.story(b"d");
        assert_eq!(lines(&story), [
            "0 Implied",
            "1 Attributes #0 [Mode 0755>0700, Mtime ->1000000000000000000]",
            "3 Hidden Whiteout by .wh.d",
            "4 Implied [Mode 0700>0755, Mtime 1000000000000000000>-]",
        ]);
        let below = story.below.expect("a directory");
        assert_eq!((below.paths, below.size.as_str()), (1, "0"));
    }

    fn a_hardlink_has_the_attributes_of_what_it_shared_then() {
        let mut first = Item::file("f");
        (first.size, first.mode, first.content) = (1, 0o600, digest('a'));
        let mut second = Item::file("f");
        (second.size, second.mode, second.content) = (2, 0o640, digest('b'));
        let link = Item::hardlink("./l", "/f");
        let stack = Stack::of(Rules::Spec, &[&[first], from_ref(&link), &[second], from_ref(&link)]);
        let story = stack.tree.story(b"l");
        let entries: Vec<_> = story.steps.iter().filter_map(|step| step.entry.as_ref()).collect();
        let found: Vec<_> = entries.iter().map(|entry| {
            let content = entry.content.expect("content");
            (entry.place.layer, content.layer, entry.mode, entry.size.as_str(), entry.hardlink_to.as_ref().map(|path| path.path.as_str()))
        }).collect();
        assert_eq!(found, [(1, 0, 0o600, "1", Some("f")), (3, 2, 0o640, "2", Some("f"))]);
        let fields: Vec<Field> = story.steps.iter().flat_map(|step| &step.changes).map(|change| change.field).collect();
        assert_eq!(fields, [Field::Mode, Field::Size, Field::Content]);
        assert_eq!(story.hardlinks.iter().map(|path| path.path.as_str()).collect::<Vec<_>>(), ["f"]);
    }

    fn a_story_is_told_of_any_bytes_and_of_paths_through_symlinks() {
        let stack = Stack::of(Rules::Spec, &[
            &[Item::dir("usr/lib"), Item::symlink("lib", "usr/lib"), Item::file(b"usr/lib/\xff"), Item::file("usr/lib/gone")],
            &[Item::file("lib/.wh.gone")],
        ]);
        for path in [b"usr/lib/\xff".as_slice(), b"/lib/\xff", b"./usr//lib/\xff"] {
            let story = stack.tree.story(path);
            assert_eq!((story.path.path.as_str(), story.path.path_hex.as_deref()), ("usr/lib/\\xff", Some("7573722f6c69622fff")));
            assert_eq!((lines(&story), story.present), (vec!["0 Made #2".to_owned()], true));
        }
        assert_eq!(lines(&stack.tree.story(b"lib/gone")), ["0 Made #3", "1 Hidden Whiteout by lib/.wh.gone"]);
        let never = stack.tree.story(b"../never/\xfe");
        assert_eq!((never.path.path.as_str(), never.steps.len(), never.present), ("never/\\xfe", 0, false));
    }

    fn the_root_has_a_story_too() {
        let mut closed = Item::dir("./");
        closed.mode = 0o700;
        let stack = Stack::of(Rules::Spec, &[&[Item::file("f")], &[Item::dir(".")], &[closed]]);
        let story = stack.tree.story(b"");
        assert_eq!(lines(&story), ["1 Made #0", "2 Attributes #0 [Mode 0755>0700]"]);
        assert_eq!((story.present, story.now.map(|now| now.mode)), (true, Some(0o700)));
        assert_eq!(stack.tree.hidden_entries(0, 10).total, 0);
    }

    fn layers_that_were_not_read_are_left_out_and_the_others_told() {
        let mut tree = MergedTree::new(Rules::Spec, &Limits::default());
        let mut diagnostics = Diagnostics::new(100);
        tree.apply(0, table(&[Item::file("f")]), &mut diagnostics);
        tree.apply(2, table(&[Item::file("f"), Item::hardlink("l", "in-the-middle"), Item::file("g")]), &mut diagnostics);
        assert_eq!(lines(&tree.story(b"f")), ["0 Made #0", "2 Rewritten #0"]);
        assert_eq!(lines(&tree.story(b"g")), ["2 Made #2"]);
        assert_eq!(lines(&tree.story(b"l")), [] as [&str; 0]);
        let waste = tree.waste(4);
        assert_eq!(waste.unread, [1, 3]);
        assert_eq!(waste.layers.iter().map(|layer| layer.layer).collect::<Vec<_>>(), [0, 2]);
    }

    fn long_stories_and_large_xattrs_end_at_their_caps() {
        let limits = Limits { story_steps: 3, shown_xattr_bytes: 10, ..Limits::default() };
        let mut file = Item::file("f");
        file.xattrs = [("user.a", "12"), ("user.b", "123"), ("user.c", "1")]
            .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).to_vec();
        let mut tree = MergedTree::new(Rules::Spec, &limits);
        tree.apply(0, table(&vec![file; 10]), &mut Diagnostics::new(100));
        let story = tree.story(b"f");
        assert_eq!((story.steps.len(), story.more_steps), (3, 7));
        let now = story.now.expect("a file");
        assert_eq!((now.xattrs.len(), now.more_xattrs), (1, 2));
    }
}
