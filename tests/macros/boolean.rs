//! Boolean features: enabled, disabled, or the default from the code.

use feats::Feature;

use crate::{User, ada};

/// Turn this off during an attack.
#[feats::boolean(kind = ops, owner = "media", name = "image-processing", client)]
pub(crate) fn ImageProcessing(user: &User) -> bool {
    user.country == "CA"
}

#[feats::boolean]
fn Always() -> bool {
    true
}

#[test]
fn the_body_is_the_default() {
    assert!(ImageProcessing::is_enabled(&ada()));
    assert!(!ImageProcessing::is_enabled(&User { country: "US".to_owned(), ..ada() }));
    assert!(Always::is_enabled());
}

#[test]
fn a_boolean_has_three_implementations() {
    use ImageProcessing::{Default, Disabled, Enabled};
    assert_eq!(ImageProcessing::ALL, [Enabled, Default, Disabled]);
    assert_eq!(ImageProcessing::DEFAULT, Default);
    assert_eq!(
        ImageProcessing::ALL.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["enabled", "default", "disabled"]
    );
    assert_eq!(ImageProcessing::find_implementation(&ada()), Default);
    assert_eq!("disabled".parse(), Ok(Disabled));
}

#[test]
fn the_entry_of_a_boolean_is_marked() {
    let entry = ImageProcessing::entry();
    assert!(entry.boolean && entry.client);
    assert_eq!(
        (entry.name, entry.doc, entry.owner),
        ("image-processing", "Turn this off during an attack.", Some("media"))
    );
    assert_eq!(entry.default, 1);
}
