//! Patterns: what they match, where, and how they are refused.

use oci_lens::{
    limits::Limits,
    pattern::{Automaton, Scope, compile},
    report::{PathPattern, PatternKind},
};

use crate::support::random::Random;

/// Start and length of each stretch.
type Stretches = &'static [(u32, u32)];

fn pattern(kind: PatternKind, pattern: &str, case_sensitive: bool) -> PathPattern {
    PathPattern {
        kind,
        pattern: pattern.to_owned(),
        case_sensitive,
    }
}

fn compiled(kind: PatternKind, text: &str, case_sensitive: bool) -> (Automaton, Scope) {
    match compile(&pattern(kind, text, case_sensitive), &Limits::default()) {
        Ok(compiled) => compiled,
        Err(error) => panic!("{text}: {error}"),
    }
}

fn matches(kind: PatternKind, text: &str, case_sensitive: bool, place: &str) -> bool {
    let (mut automaton, _) = compiled(kind, text, case_sensitive);
    let state = automaton.read(automaton.fresh(), place);
    let whole = automaton.is_found(state);
    // In pieces, as paths are read.
    let mut state = automaton.fresh();
    for character in place.chars() {
        state = automaton.read(state, character.encode_utf8(&mut [0; 4]));
    }
    assert_eq!(automaton.is_found(state), whole, "{text} in {place}");
    whole
}

fn random_regex(random: &mut Random, depth: usize) -> String {
    let atoms = [
        "a", "b", "c", "/", ".", "[ab]", "[^a]", r"\w", r"\W", r"\d", "[a-c]", r"[\d/]",
    ];
    let mut text = String::new();
    for _ in 0..1 + random.below(3) {
        match random.below(9) {
            0 if depth > 0 => text += &format!("({})", random_regex(random, depth - 1)),
            1 if depth > 0 => {
                let (left, right) = (
                    random_regex(random, depth - 1),
                    random_regex(random, depth - 1),
                );
                text += &format!("(?:{left}|{right})");
            }
            2 => text += ["^", "$", r"\b", r"\B"][random.below(4)],
            choice => {
                text += atoms[random.below(atoms.len())];
                if choice > 5 {
                    text += ["*", "+", "?", "{2}", "{1,2}", "{2,}", "*?", "{0}"][random.below(8)];
                }
            }
        }
    }
    text
}

cases! {
    fn regexes_match_what_the_reference_matches() {
        let mut random = Random::new(1);
        for _ in 0..6_000 {
            let text = random_regex(&mut random, 2);
            let reference = regex_lite::Regex::new(&text).expect("a valid pattern");
            for _ in 0..6 {
                let place: String = (0..random.below(7)).map(|_| ['a', 'b', 'c', '/', '1', '-'][random.below(6)]).collect();
                let ours = matches(PatternKind::Regex, &text, true, &place);
                assert_eq!(ours, reference.is_match(&place), "{text} in {place:?}");
            }
        }
    }

    fn an_automaton_that_has_read_other_names_finds_the_same() {
        let mut random = Random::new(2);
        for _ in 0..2_000 {
            let text = random_regex(&mut random, 2);
            let reference = regex_lite::Regex::new(&text).expect("a valid pattern");
            // What it has read leaves steps behind by which it passes over names.
            let (mut automaton, _) = compiled(PatternKind::Regex, &text, true);
            for _ in 0..20 {
                let names: Vec<String> = (0..1 + random.below(3)).map(|_| {
                    (0..1 + random.below(5)).map(|_| ['a', 'b', 'c', '1', '-'][random.below(5)]).collect()
                }).collect();
                let mut state = automaton.fresh();
                for (depth, name) in names.iter().enumerate() {
                    if depth > 0 {
                        state = automaton.read(state, "/");
                    }
                    state = automaton.read_shown(state, name.as_bytes());
                }
                let place = names.join("/");
                let found = automaton.is_found(state);
                assert_eq!(found, reference.is_match(&place), "{text} in {place:?}");
            }
        }
    }

    fn a_pattern_matches_what_its_kind_says() {
        use PatternKind::{Glob, Regex, Text};
        let table: [(PatternKind, &str, &[&str], &[&str]); 26] = [
            (Text, "a.b", &["xa.by"], &["aab", "a"]),
            (Text, "*", &["a*b"], &["ab"]),
            (Glob, "*.so", &["libc.so", ".so"], &["libc.so.6", "so"]),
            (Glob, "lib?.so", &["libc.so"], &["lib.so", "libcc.so"]),
            (Glob, "etc/*", &["etc/passwd"], &["etc", "etc/a/b", "usr/etc/a"]),
            (Glob, "/etc/*", &["etc/passwd"], &["etc/a/b"]),
            (Glob, "etc/**", &["etc/passwd", "etc/a/b"], &["etc", "usr/etc/a"]),
            (Glob, "**/etc", &["etc", "usr/etc", "a/b/etc"], &["etc/a", "xetc"]),
            (Glob, "a/**/b", &["a/b", "a/x/b", "a/x/y/b"], &["ab", "a/xb", "x/a/b"]),
            (Glob, "**", &["a", "a/b"], &[]),
            (Glob, "a**b", &["ab", "axb"], &["a/b"]),
            (Glob, "[ab]x", &["ax", "bx"], &["cx", "x"]),
            (Glob, "[!ab]x", &["cx"], &["ax", "/x"]),
            (Glob, "[^a-c]", &["d"], &["a", "b", "/"]),
            (Glob, "[]a]", &["]", "a"], &["b"]),
            (Glob, "{a,b/c}*", &["a", "ax", "b/cx"], &["b", "b/c/d"]),
            (Glob, "{,x{a,b}}y", &["y", "xay", "xby"], &["xy", "a"]),
            (Glob, r"\*\{", &["*{"], &["a{"]),
            (Glob, "a,b}", &["a,b}"], &["a"]),
            (Regex, r"\.so(\.\d+)*$", &["a.so", "a.so.1.2"], &["a.so.x", "aso"]),
            (Regex, "^(usr|opt)/", &["usr/a", "opt/a"], &["a/usr/b", "usr"]),
            (Regex, "a{2,3}", &["baab", "aaaa"], &["aba"]),
            (Regex, r"\bcat\b", &["a cat", "cat/x"], &["concat", "cats"]),
            (Regex, "", &["", "a"], &[]),
            (Regex, "(a*)*b", &["b", "aab"], &["aaa"]),
            (Regex, r"[\]\-x]", &["]", "-", "x"], &["a", "\\"]),
        ];
        for (kind, text, yes, no) in table {
            for place in yes {
                assert!(matches(kind, text, true, place), "{kind:?} {text} should match {place}");
            }
            for place in no {
                assert!(!matches(kind, text, true, place), "{kind:?} {text} should not match {place}");
            }
        }
    }

    fn case_is_told_apart_where_it_is_asked_for() {
        use PatternKind::{Glob, Regex, Text};
        let table = [
            (Text, "README", "readme.md"),
            (Text, "straße", "STRAßE"),
            (Text, "ÄÖ", "äö"),
            (Text, "σίσυφος", "ΣΊΣΥΦΟΣ"),
            (Text, "k", "\u{212a}"),
            (Glob, "[a-c]?", "BX"),
            (Glob, "[А-Я]*", "я"),
            (Regex, "^[^a]$", "B"),
            (Regex, r"^\w+$", "ABc"),
        ];
        for (kind, text, place) in table {
            assert!(matches(kind, text, false, place), "{text} in {place}");
        }
        assert!(!matches(Text, "README", true, "readme.md"));
        assert!(!matches(Regex, "^[^a]$", false, "A"));
        assert!(!matches(Glob, "[!a]", false, "A"));
    }

    fn names_are_looked_at_unless_the_pattern_has_a_slash() {
        use PatternKind::{Glob, Regex, Text};
        let table = [
            (Text, "a", Scope::Name),
            (Text, "a/", Scope::Path),
            (Text, "/a", Scope::RootedPath),
            (Glob, "**", Scope::Name),
            (Glob, "/a", Scope::Path),
            (Regex, "a", Scope::Name),
            (Regex, "[^/]a", Scope::Path),
        ];
        for (kind, text, scope) in table {
            assert_eq!(compiled(kind, text, true).1, scope, "{text}");
        }
    }

    fn stretches_are_leftmost_longest_and_in_utf_16_units() {
        use PatternKind::{Glob, Regex, Text};
        let table: [(PatternKind, &str, &str, usize, Stretches); 10] = [
            (Text, "a", "banana", 0, &[(1, 1), (3, 1), (5, 1)]),
            (Text, "ana", "banana", 0, &[(1, 3)]),
            (Text, "x", "\u{1f600}x", 0, &[(2, 1)]),
            (Text, "\u{1f600}", "a\u{1f600}", 0, &[(1, 2)]),
            (Regex, "a|ab", "xab", 0, &[(1, 2)]),
            (Regex, "a*", "baab", 0, &[(1, 2)]),
            (Regex, "^a", "aa", 0, &[(0, 1)]),
            (Glob, "*.so", "a.so", 0, &[(0, 4)]),
            (Text, "b/c", "a/b/cd", 4, &[(0, 1)]),
            (Text, "a/", "a/b", 2, &[]),
        ];
        for (kind, text, place, from, expected) in table {
            let (mut automaton, _) = compiled(kind, text, true);
            assert_eq!(automaton.stretches(place, from), expected, "{text} in {place}");
        }
    }

    fn patterns_that_are_none_say_where() {
        use PatternKind::{Glob, Regex, Text};
        let long = "a".repeat(1_001);
        let table = [
            (Regex, "a(b", "expected \")\" for what opens, at character 2"),
            (Regex, "a)", "expected \"(\" before, but found \")\" alone, at character 2"),
            (Regex, "*", "expected something to repeat before, at character 1"),
            (Regex, "a|+", "expected something to repeat before, at character 3"),
            (Regex, "[a", "expected \"]\" for what opens, at character 1"),
            (Regex, "[z-a]", "expected a range from low to high, at character 4"),
            (Regex, "a{2,1}", "expected a range from low to high, at character 6"),
            (Regex, "a{x}", "expected a number, but found 'x', at character 3"),
            (Regex, "a{1", "expected \"}\", but found the end, at character 4"),
            (Regex, r"\p", "expected a known escape, but found \"\\p\", at character 2"),
            (Regex, "\\", "expected a character behind \"\\\", but found the end, at character 2"),
            (Regex, "(?i)a", "expected \":\" behind \"(?\", but found 'i', at character 3"),
            (Regex, "((a{100}){100}){100}", "expected a smaller pattern: it repeats too much, at character 10"),
            (Regex, "a{99999999999999999999}", "expected a smaller pattern: it repeats too much, at character 22"),
            (Glob, "{a", "expected \"}\" for what opens, at character 1"),
            (Glob, "a[", "expected \"]\" for what opens, at character 2"),
            (Glob, "a\\", "expected a character behind \"\\\", but found the end, at character 3"),
            (Text, &long, "expected at most 1000 characters, at character 1001"),
        ];
        for (kind, text, expected) in table {
            let error = compile(&pattern(kind, text, false), &Limits::default()).expect_err(text);
            assert_eq!((error.code(), error.to_string().as_str()), ("pattern-invalid", expected), "{text}");
        }
    }

    fn hostile_patterns_take_time_in_proportion() {
        let text = "a".repeat(4_000) + "b";
        for pattern in ["(a*)*c", "(a|a)*c", "(a|aa)+$", "a{0,900}c", "(.*)(.*)(.*)c", "(a?){500}c"] {
            assert!(!matches(PatternKind::Regex, pattern, false, &text), "{pattern}");
        }
        let deep = "(".repeat(400) + "a" + &")".repeat(400);
        assert!(matches(PatternKind::Regex, &deep, false, "a"));
        // More states than are kept: each letter is told apart 13 letters on.
        let mut random = Random::new(7);
        let text: String = (0..60_000).map(|_| ['a', 'b'][random.below(2)]).collect();
        let reference = text.as_bytes().windows(15).any(|part| part[0] == b'a' && part[14] == b'a');
        assert_eq!(matches(PatternKind::Regex, "a[ab]{13}a", true, &text), reference);
        assert!(!matches(PatternKind::Regex, "(a[ab]{14}c|x)", true, &text));
    }
}
