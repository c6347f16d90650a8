//! Two features with the same name: the app does not start, and the error names both places.

use feats::{App, ErrorKind};

mod checkout {
    #[feats::boolean]
    pub fn Search() -> bool {
        false
    }
}

mod catalog {
    #[feats::boolean(name = "Search")]
    pub fn Find() -> bool {
        true
    }
}

#[test]
fn two_features_of_one_name_are_refused_with_both_places() {
    let error = App::builder().detached().start_blocking().expect_err("two features have the same name");
    assert_eq!(error.kind(), ErrorKind::Duplicate);
    let message = error.to_string();
    assert!(message.contains("duplicates::checkout") && message.contains("duplicates::catalog"), "{message}");
    assert!(!checkout::Search::is_enabled() && catalog::Find::is_enabled());
}
