//! The two-crate rule, second case: the program depends on the library, but never names it.
//!
//! If this test fails, linking has improved: remove the rule from the documentation.

#[test]
fn the_feature_of_a_library_that_is_not_named_is_missing() {
    let app = feats::App::builder().detached().start_blocking().unwrap();
    assert!(app.feature_named("GiftWrap").unwrap_err().is_not_found());
    assert!(app.declarations().is_empty());
}
