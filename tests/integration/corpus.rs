//! Real archives against their ground truth, where `OCI_LENS_CORPUS` names them.

use crate::support::{files, truth};

cases! {
    fn real_images_are_what_their_truth_says() {
        let Some(folder) = files::corpus() else {
            return;
        };
        let has_image = |name: &String| files::exists(&format!("{folder}/{name}/image.tar"));
        let names: Vec<String> = files::list(&folder).into_iter().filter(has_image).collect();
        assert!(!names.is_empty(), "there are no images in {folder}");
        truth::check_all(&folder, &names, &truth::disagreements("corpus_disagreements"));
    }
}
