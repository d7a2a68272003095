//! Real archives against their ground truth, where `OCI_LENS_CORPUS` names them.

use crate::support::{files, truth};

/// Endings of what a folder with an image archive may hold it as.
const ARCHIVES: [&str; 4] = [".tar", ".tar.gz", ".tar.zst", ".tar.xz"];

cases! {
    fn real_images_are_what_their_truth_says() {
        let Some(folder) = files::corpus() else {
            files::say("corpus: none, OCI_LENS_CORPUS is not set");
            return;
        };
        let with_archive: Vec<String> = files::list(&folder)
            .into_iter()
            .filter(|name| files::is_folder(&format!("{folder}/{name}")))
            .filter(|name| {
                let held = files::list(&format!("{folder}/{name}"));
                held.iter().any(|file| ARCHIVES.iter().any(|ending| file.ends_with(ending)))
            })
            .collect();
        let recorded = truth::disagreements("corpus_disagreements");
        let read = truth::check_all(&folder, &with_archive, &recorded);
        files::say(&format!("corpus: {} images read", read.len()));
        assert_eq!(read, with_archive, "an archive of {folder} was not read");
        assert!(!read.is_empty(), "there are no images in {folder}");
    }
}
