//! The two-crate rule, second half: this program depends on the library and never names it.
//!
//! If this fails, linking has changed for the better; take the rule out of the documents.

#[test]
fn a_feature_of_a_library_that_is_never_named_is_missing() {
    let app = feats::App::builder().detached().start_blocking().unwrap();
    assert!(app.feature_named("GiftWrap").unwrap_err().is_not_found());
    assert!(app.declarations().is_empty());
}
