//! Names as typed: segments and implementations.

use feats::model::{ApplicableSegment, By, Declaration, ValueKind};
use feats::{Dynamic, FeatureHandle, Value};

/// A segment as typed: `Country`, or `address.Country` if several inputs have the segment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SegmentName {
    /// The name of the segment.
    pub(crate) segment: String,
    /// The input that the segment is taken from, if it was typed.
    pub(crate) input: Option<String>,
    /// The type of the segment's values; `None` if the feature has no such segment, which publishing reports.
    pub(crate) kind: Option<ValueKind>,
    /// `true` for an attribute of a flag whose type is not known. Flags have attributes of any name and type.
    pub(crate) is_untyped: bool,
}

impl SegmentName {
    /// Finds a segment of a feature. A segment that the feature does not have is kept as typed.
    pub(crate) fn find(declaration: &Declaration, typed: &str) -> Self {
        let applicable = |name: &str| declaration.segments.iter().find(|known| &*known.segment == name);
        let found = |segment: &str, input: Option<&str>, known: Option<&ApplicableSegment>| Self {
            segment: segment.to_owned(),
            input: input.map(str::to_owned),
            kind: known.map(|known| known.kind),
            is_untyped: declaration.flag && known.is_none(),
        };
        if let Some(known) = applicable(typed) {
            return found(typed, None, Some(known));
        }
        match typed.split_once('.') {
            Some((input, name)) if applicable(name).is_some() => found(name, Some(input), applicable(name)),
            _ => found(typed, None, None),
        }
    }

    /// Parses a value of this segment. An invalid value is returned as text, which publishing reports.
    pub(crate) fn value(&self, text: &str) -> Value<'static> {
        let parsed = match self.kind {
            Some(kind) => kind.parse(text),
            None if self.is_untyped => untyped(text),
            None => None,
        };
        parsed.unwrap_or_else(|| Value::from(text.to_owned()))
    }
}

/// Returns the number or bool that a text is written as, if it is.
fn untyped(text: &str) -> Option<Value<'static>> {
    let kinds = [ValueKind::Integer, ValueKind::Float, ValueKind::Bool];
    // Text such as "007" is not a number.
    kinds.into_iter().find_map(|kind| kind.parse(text).filter(|value| value.to_string() == text))
}

/// Returns the declaration of a feature; that of a flag has the variants of its state, and the attributes whose type it shows.
pub(crate) fn declaration(feature: &FeatureHandle<Dynamic>) -> Declaration {
    feature.declaration().editable_with(&feature.state()).into_owned()
}

/// Returns the units of a rollout as typed: one segment, or several with commas between them; and the input of the only segment.
pub(crate) fn units(declaration: &Declaration, typed: &str) -> (By, Option<String>) {
    let only = SegmentName::find(declaration, typed);
    match only.kind {
        None if typed.contains(',') => (typed.split(',').map(str::trim).collect(), None),
        _ => (By::One(only.segment), only.input),
    }
}

/// Returns the implementation for a typed name. For a boolean feature and a flag, `on` and `true` mean `enabled`, `off` and `false`
/// mean `disabled`, unless an implementation has that name. An unknown name is returned as typed; publishing refuses it.
pub(crate) fn implementation(declaration: &Declaration, typed: &str) -> String {
    let meant = match typed.to_lowercase().as_str() {
        "on" | "true" | "enable" | "yes" => "enabled",
        "off" | "false" | "disable" | "no" => "disabled",
        _ => typed,
    };
    match (declaration.boolean || declaration.flag) && declaration.position(typed).is_none() {
        true => meant.to_owned(),
        false => typed.to_owned(),
    }
}

/// Joins names with commas, without duplicates.
pub(crate) fn names<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let mut listed: Vec<&str> = Vec::new();
    for name in names {
        if !listed.contains(&name) {
            listed.push(name);
        }
    }
    listed.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_and_off_are_implementations_of_a_boolean_feature() {
        let mut boolean = Declaration::new("Images", ["enabled", "default", "disabled"]).default_to("default");
        boolean.boolean = true;
        for (typed, meant) in [
            ("on", "enabled"),
            ("ON", "enabled"),
            ("true", "enabled"),
            ("off", "disabled"),
            ("False", "disabled"),
            ("enabled", "enabled"),
            ("default", "default"),
            ("input", "input"),
        ] {
            assert_eq!(implementation(&boolean, typed), meant);
        }
        assert_eq!(implementation(&Declaration::new("Fee", ["acme", "premium"]), "on"), "on");
        assert_eq!(implementation(&Declaration::new("Lamp", ["on", "off"]), "on"), "on");
    }

    #[test]
    fn units_are_one_segment_or_several_with_commas_between_them() {
        let declaration = Declaration::new("Checkout", ["classic"]).segment("Country", ValueKind::Text);
        let both = By::from(["Country", "User"]);
        for (typed, expected) in [
            ("Country", (By::from("Country"), None)),
            ("address.Country", (By::from("Country"), Some("address".to_owned()))),
            ("random", (By::from("random"), None)),
            ("Country,User", (both.clone(), None)),
            (&both.to_string(), (both, None)),
        ] {
            assert_eq!(units(&declaration, typed), expected, "{typed}");
        }
    }

    #[test]
    fn a_segment_may_have_an_input_as_prefix() {
        let declaration = Declaration::new("Checkout", ["classic"]).segment("Country", ValueKind::Text);
        let name = |segment: &str, input: Option<&str>, kind| SegmentName {
            segment: segment.to_owned(),
            input: input.map(str::to_owned),
            kind,
            is_untyped: false,
        };
        let find = |typed| SegmentName::find(&declaration, typed);
        assert_eq!(find("Country"), name("Country", None, Some(ValueKind::Text)));
        assert_eq!(find("address.Country"), name("Country", Some("address"), Some(ValueKind::Text)));
        assert_eq!(find("address.Contry"), name("address.Contry", None, None));
    }

    #[test]
    fn an_untyped_attribute_of_a_flag_has_the_type_that_its_value_is_written_as() {
        let flag = Declaration::flag("SEARCH").segment("plan", ValueKind::Text);
        let value = |name, text: &str| SegmentName::find(&flag, name).value(text);
        for (text, expected) in [
            ("42", Value::from(42)),
            ("-7", Value::from(-7)),
            ("4.5", Value::from(4.5)),
            ("true", Value::from(true)),
            ("007", Value::from("007")),
            ("inf", Value::from("inf")),
            ("CA", Value::from("CA")),
        ] {
            assert_eq!(value("user_id", text), expected, "{text}");
        }
        assert_eq!(value("plan", "42"), Value::from("42"));
        assert_eq!(implementation(&flag, "off"), "disabled");
    }
}
