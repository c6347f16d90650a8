//! The two-crate rule, first half: the library is named, and its feature is there.

use feats_example_library as _;

#[test]
fn a_feature_of_a_library_that_is_named_is_there() {
    let app = feats::App::builder().detached().start_blocking().unwrap();
    let gift_wrap = app.feature_named("GiftWrap").unwrap();
    let declaration = gift_wrap.declaration();
    assert_eq!(declaration.location.as_ref().map(|location| &*location.module), Some("feats_example_library"));
}
