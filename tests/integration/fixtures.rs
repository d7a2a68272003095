//! Our own small archives against their ground truth.

use crate::support::{files, truth};

cases! {
    fn fixtures_are_what_their_truth_says() {
        let folder = format!("{}/tests/fixtures", files::root());
        let names = files::list(&folder);
        assert_eq!(names.len(), 34);
        let read = truth::check_all(&folder, &names, &truth::disagreements("fixture_disagreements"));
        assert_eq!(read, names, "a fixture was not read");
    }
}
