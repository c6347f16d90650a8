//! The two-crate rule, first case: the program names the library, so its feature is registered.

use feats_example_library as _;

#[test]
fn the_feature_of_a_named_library_is_registered() {
    let app = feats::App::builder().detached().start_blocking().unwrap();
    let gift_wrap = app.feature_named("GiftWrap").unwrap();
    let declaration = gift_wrap.declaration();
    assert_eq!(declaration.location.as_ref().map(|location| &*location.module), Some("feats_example_library"));
}
