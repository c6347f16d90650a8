//! Entries: the data that features register.

use std::any::TypeId;

use feats::__private::{FeatureKind, FeatureRegistration, SegmentRegistration, inventory};
use feats::Feature;

use crate::User;

#[feats::feature(kind = experiment, owner = "payments", expires = "2028-02-29", client)]
trait Submitted {
    fn first(_user: &User, _name: &str) -> u8 {
        1
    }
    #[default]
    fn second(_user: &User, _name: &str) -> u8 {
        2
    }
}

#[feats::feature]
trait Sparse {
    #[default]
    fn only() -> u8 {
        1
    }
}

#[feats::segment]
trait SubmittedSegment {
    fn user(user: &User) -> u64 {
        user.id
    }
}

#[test]
fn an_entry_has_the_settings_of_its_attribute() {
    let entry = Submitted::entry();
    assert_eq!((entry.name, entry.kind, entry.owner), ("Submitted", Some(FeatureKind::Experiment), Some("payments")));
    assert_eq!((entry.expires, entry.client, entry.boolean, entry.default), (Some("2028-02-29"), true, false, 1));
    let types: Vec<TypeId> = entry.inputs.iter().map(|input| (input.type_id)()).collect();
    assert_eq!(types, [TypeId::of::<User>(), TypeId::of::<str>()]);
    assert!((entry.inputs[0].type_name)().ends_with("::User"));
}

#[test]
fn settings_are_optional() {
    let entry = Sparse::entry();
    assert_eq!((entry.kind, entry.owner, entry.expires, entry.client), (None, None, None, false));
    assert!(entry.inputs.is_empty() && entry.doc.is_empty());
}

#[test]
fn an_entry_has_a_location() {
    let location = &Submitted::entry().location;
    assert_eq!((location.crate_name, location.module), ("feats-tests", module_path!()));
    assert!(location.file.ends_with("entries.rs"));
    assert_eq!(location.line, 11, "the line of the name");
}

#[test]
fn every_handle_is_registered() {
    let features = || inventory::iter::<FeatureRegistration>().map(|registration| (registration.0)().name);
    let segments = || inventory::iter::<SegmentRegistration>().map(|registration| (registration.0)().name);
    assert!(features().any(|name| name == "Submitted") && features().any(|name| name == "Sparse"));
    assert!(segments().any(|name| name == "SubmittedSegment"));
}
