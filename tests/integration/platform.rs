//! Platforms as containerd normalises, reads and matches them.

use oci_lens::platform::{Matcher, Platform};

fn platform(specifier: &str) -> Platform {
    Platform::parse(specifier).unwrap_or_else(|error| panic!("{specifier}: {error}"))
}

// Asked for; taken, the best first; not taken. containerd/platforms
// compare_test.go (TestOnly) at 0cdbb8bd, the order by platformVector of compare.go.
const ONLY: &[(&str, &[&str], &[&str])] = &[
    (
        "linux/amd64",
        &["linux/amd64", "linux/386"],
        &[
            "linux/amd64/v2",
            "linux/arm/v7",
            "linux/arm64",
            "windows/amd64",
            "windows/arm",
        ],
    ),
    (
        "linux/amd64/v3",
        &[
            "linux/amd64/v3",
            "linux/amd64/v2",
            "linux/amd64/v1",
            "linux/386",
        ],
        &[
            "linux/amd64/v4",
            "linux/arm/v7",
            "linux/arm64",
            "windows/amd64",
        ],
    ),
    (
        "linux/386",
        &["linux/386"],
        &[
            "linux/amd64",
            "linux/arm/v7",
            "linux/arm64",
            "windows/amd64",
            "windows/arm",
        ],
    ),
    (
        "windows/amd64",
        &["windows/amd64"],
        &["linux/amd64", "linux/arm/v7", "linux/arm64", "windows/arm"],
    ),
    (
        "linux/arm/v8",
        &["linux/arm/v8", "linux/arm", "linux/arm/v6", "linux/arm/v5"],
        &["linux/amd64", "linux/arm/v4", "linux/arm64", "windows/arm"],
    ),
    (
        "linux/arm/v7",
        &["linux/arm", "linux/arm/v6", "linux/arm/v5"],
        &[
            "linux/amd64",
            "linux/arm/v4",
            "linux/arm/v8",
            "linux/arm64",
            "windows/arm",
        ],
    ),
    (
        "linux/arm/v6",
        &["linux/arm/v6", "linux/arm/v5"],
        &[
            "linux/arm",
            "linux/arm/v4",
            "linux/arm/v7",
            "linux/arm/v8",
            "linux/arm64",
        ],
    ),
    (
        "linux/arm/v5",
        &["linux/arm/v5"],
        &["linux/arm", "linux/arm/v4", "linux/arm/v6"],
    ),
    (
        "linux/arm/v4",
        &["linux/arm/v4"],
        &["linux/arm", "linux/arm/v5", "linux/arm64"],
    ),
    (
        "linux/arm64/v9",
        &[
            "linux/arm64/v9",
            "linux/arm64/v8.5",
            "linux/arm64/v8.4",
            "linux/arm64/v8.3",
            "linux/arm64/v8.2",
            "linux/arm64/v8.1",
            "linux/arm64",
            "linux/arm/v9",
            "linux/arm/v8",
            "linux/arm",
            "linux/arm/v6",
            "linux/arm/v5",
        ],
        &[
            "linux/amd64",
            "linux/arm/v4",
            "windows/arm",
            "linux/arm64/v8.6",
        ],
    ),
    (
        "linux/arm64/v9.2",
        &[
            "linux/arm64/v9.2",
            "linux/arm64/v9.1",
            "linux/arm64/v9.0",
            "linux/arm64/v8.7",
            "linux/arm64/v8.6",
        ],
        &["linux/arm64/v9.3", "linux/arm64/v8.8", "linux/arm/v9"],
    ),
    (
        "linux/arm64/v8.1",
        &[
            "linux/arm64/v8.1",
            "linux/arm64/v8",
            "linux/arm/v8",
            "linux/arm",
            "linux/arm/v6",
            "linux/arm/v5",
        ],
        &[
            "linux/amd64",
            "linux/arm/v4",
            "linux/arm/v9",
            "linux/arm64/v9",
            "windows/arm",
        ],
    ),
    (
        "linux/arm64",
        &[
            "linux/arm64",
            "linux/arm/v8",
            "linux/arm/v7",
            "linux/arm/v6",
            "linux/arm/v5",
        ],
        &[
            "linux/amd64",
            "linux/arm/v4",
            "linux/arm/v9",
            "linux/arm64/v9",
            "windows/arm",
        ],
    ),
    // platform_windows_compat.go: before build 20348 the same build, from it on
    // any from there to the host's.
    (
        "windows(10.0.17763)/amd64",
        &["windows(10.0.17763.1)/amd64"],
        &[
            "windows(10.0.17762)/amd64",
            "windows(10.0.20348)/amd64",
            "linux/amd64",
        ],
    ),
    (
        "windows(10.0.26100)/amd64",
        &["windows(10.0.26100)/amd64"],
        &[
            "windows(10.0.17763)/amd64",
            "windows(10.0.26101)/amd64",
            "windows(6.0.26100)/amd64",
        ],
    ),
    // platforms.go, NewMatcher: an image may need fewer features than there are.
    (
        "windows(+a+b)/amd64",
        &["windows(+b)/amd64"],
        &["windows(+b+c)/amd64"],
    ),
    // A version that would be counted down from for minutes is taken as it is.
    (
        "linux/arm/v4000000000",
        &["linux/arm/v4000000000"],
        &["linux/arm/v7"],
    ),
];

cases! {
    fn platforms_match_as_containerds_only_and_best_first() {
        for (wanted, taken, refused) in ONLY {
            let matcher = Matcher::new(&platform(wanted));
            let mut ordered: Vec<Platform> = taken.iter().rev().map(|p| platform(p)).collect();
            ordered.sort_by(|one, other| matcher.compare(one, other));
            let expected: Vec<Platform> = taken.iter().map(|p| platform(p)).collect();
            assert_eq!(ordered, expected, "{wanted}");
            for taken in *taken {
                assert!(matcher.matches(&platform(taken)), "{wanted} takes {taken}");
            }
            for refused in *refused {
                assert!(!matcher.matches(&platform(refused)), "{wanted} refuses {refused}");
            }
        }
    }

    fn specifiers_are_read_and_normalised() {
        let read = |specifier: &str| match Platform::parse(specifier) {
            Ok(platform) => format!(
                "{platform} {} {}", platform.os_version, platform.os_features.join(",")
            ).trim_end().to_owned(),
            Err(error) => error.to_string(),
        };
        let refusal = |part: &str| {
            format!("expected a platform of the form os/architecture[/variant], but found \"{part}\"")
        };
        for (specifier, expected) in [
            ("linux/amd64", "linux/amd64"),
            ("Linux/X86_64", "linux/amd64"),
            ("macos/aarch64", "darwin/arm64"),
            ("linux/arm", "linux/arm/v7"),
            ("linux/arm64/v8", "linux/arm64"),
            ("linux/armel", "linux/arm/v6"),
            ("windows(10.0.17763+win32k)/amd64", "windows/amd64 10.0.17763 win32k"),
            ("windows(+b%2Fc+a)/amd64", "windows/amd64  a,b/c"),
        ] {
            assert_eq!(read(specifier), expected, "{specifier}");
        }
        for (specifier, part) in [
            ("", ""),
            ("linux", "linux"),
            ("linux/", ""),
            ("/amd64", ""),
            ("linux/amd64/v1/x", "linux/amd64/v1/x"),
            ("linux/*", "*"),
            ("linux/am\u{202e}d64", "am\\u{202e}d64"),
            ("windows(10/amd64", "windows(10"),
            ("windows(%zz)/amd64", "windows(%zz)"),
        ] {
            assert_eq!(read(specifier), refusal(part), "{specifier}");
        }
    }
}
