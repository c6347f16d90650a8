//! Segments: values of every type that a function may return or take.

use std::any::TypeId;
use std::borrow::Cow;

use feats::__private::{Input, SegmentEntry, ValueKind};
use feats::{Segment, Value};

use crate::{User, ada};

struct Request {
    device: Option<String>,
}

/// ISO 3166-1 alpha-2 country code.
#[feats::segment(name = "country")]
trait Country {
    fn user(user: &User) -> &str {
        &user.country
    }
    fn code(code: &str) -> &str {
        code
    }
    fn request(_request: &Request) -> Option<&'static str> {
        None
    }
}

#[feats::segment]
trait Device {
    const OPTIONS: &[&str] = &["ios", "android"];
    fn request(request: &Request) -> Option<&str> {
        Self::known(request.device.as_deref())
    }
    fn raw(raw: &Option<String>) -> Option<String> {
        raw.clone()
    }
    fn id(id: u64) -> Cow<'static, str> {
        Cow::Owned(id.to_string())
    }
}

impl Device {
    fn known(device: Option<&str>) -> Option<&str> {
        device.filter(|device| Self::OPTIONS.contains(device))
    }
}

macro_rules! of_type {
    ($($name:ident: $ty:ty = $value:expr;)*) => {$(
        #[feats::segment]
        trait $name {
            fn user(_user: &User) -> $ty {
                $value
            }
        }
    )*};
}

of_type! {
    Signed: i64 = i64::MIN;
    Unsigned: u64 = u64::MAX;
    Small: Option<u8> = Some(8);
    Size: usize = 9;
    Score: f64 = 0.5;
    Admin: bool = true;
    Owned: String = "owned".to_owned();
    Shared: Cow<'static, str> = Cow::Borrowed("shared");
    Missing: Option<f64> = None;
}

fn value<'a>(entry: &SegmentEntry, input: Input<'a>) -> Option<Value<'a>> {
    let function = entry.functions.iter().find(|function| (function.type_id)() == input.type_id())?;
    (function.extract)(input)
}

fn of_ada(entry: &SegmentEntry) -> Option<Value<'static>> {
    value(entry, Input::new(&ada())).map(Value::into_owned)
}

#[test]
fn a_segment_takes_its_value_from_each_of_its_types() {
    let (user, request) = (ada(), Request { device: Some("ios".to_owned()) });
    assert_eq!(value(Country::entry(), Input::new(&user)), Some(Value::from("CA")));
    assert_eq!(value(Country::entry(), Input::Text("DE")), Some(Value::from("DE")));
    assert_eq!(value(Country::entry(), Input::new(&request)), None);
    assert_eq!(value(Device::entry(), Input::new(&request)), Some(Value::from("ios")));
    assert_eq!(value(Device::entry(), Input::new(&request.device)), Some(Value::from("ios")));
    assert_eq!(value(Device::entry(), Input::new(&7_u64)), Some(Value::from("7")));
    assert_eq!(value(Device::entry(), Input::new(&user)), None);
}

#[test]
fn an_input_of_another_type_has_no_value() {
    let of_user = &Country::entry().functions[0];
    assert_eq!((of_user.extract)(Input::new(&7_u64)), None);
    assert_eq!((of_user.extract)(Input::Text("CA")), None);
}

#[test]
fn every_type_of_value_is_supported() {
    assert_eq!(of_ada(Signed::entry()), Some(Value::from(i64::MIN)));
    assert_eq!(of_ada(Unsigned::entry()), Some(Value::from(u64::MAX)));
    assert_eq!(of_ada(Small::entry()), Some(Value::from(8)));
    assert_eq!(of_ada(Size::entry()), Some(Value::from(9)));
    assert_eq!(of_ada(Score::entry()), Some(Value::from(0.5)));
    assert_eq!(of_ada(Admin::entry()), Some(Value::from(true)));
    assert_eq!(of_ada(Owned::entry()), Some(Value::from("owned")));
    assert_eq!(of_ada(Shared::entry()), Some(Value::from("shared")));
    assert_eq!(of_ada(Missing::entry()), None);
}

#[test]
fn an_entry_describes_the_segment() {
    let entry = Country::entry();
    assert_eq!((entry.name, entry.doc, entry.kind), ("country", "ISO 3166-1 alpha-2 country code.", ValueKind::Text));
    assert_eq!(
        entry.functions.iter().map(|function| (function.type_id)()).collect::<Vec<_>>(),
        [TypeId::of::<User>(), TypeId::of::<str>(), TypeId::of::<Request>(),]
    );
    assert!((entry.functions[0].type_name)().ends_with("User"));
    assert_eq!(Country::NAME, "country");
    assert_eq!((entry.options, Device::entry().options), (&[][..], &["ios", "android"][..]));
    assert_eq!(Device::OPTIONS, ["ios", "android"]);
    let kinds = [Signed::entry(), Small::entry(), Score::entry(), Missing::entry(), Admin::entry(), Owned::entry()];
    use ValueKind::{Bool, Float, Integer, Text};
    assert_eq!(kinds.map(|entry| entry.kind), [Integer, Integer, Float, Float, Bool, Text]);
}

#[test]
fn the_handle_creates_conditions() {
    let _ = Country::is("CA").and(Signed::gte(18)).or(!Score::lt(0.5)).and(Admin::is(true));
    let _ = Device::is_in(["ios"]).or(Country::starts_with("C"));
}
