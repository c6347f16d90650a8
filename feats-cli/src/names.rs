//! Names as typed: a segment of a feature, and a text as a value of the segment's type.

use feats::Value;
use feats::model::{ApplicableSegment, Declaration, ValueKind};

/// A segment as typed: `Country`, or `address.Country` where several inputs fit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SegmentName {
    /// The segment.
    pub(crate) segment: String,
    /// The input that it is taken from, if that was said.
    pub(crate) of: Option<String>,
    /// The type of its values; `None` if the feature has no such segment. Publishing says so, with its path.
    pub(crate) kind: Option<ValueKind>,
}

impl SegmentName {
    /// Finds a segment of a feature. What is not found is kept as it was typed.
    pub(crate) fn find(declaration: &Declaration, typed: &str) -> Self {
        let fitting = |name: &str| declaration.segments.iter().find(|fitting| &*fitting.segment == name);
        let found = |segment: &str, of: Option<&str>, fitting: Option<&ApplicableSegment>| Self {
            segment: segment.to_owned(),
            of: of.map(str::to_owned),
            kind: fitting.map(|fitting| fitting.kind),
        };
        if let Some(known) = fitting(typed) {
            return found(typed, None, Some(known));
        }
        match typed.split_once('.') {
            Some((of, name)) if fitting(name).is_some() => found(name, Some(of), fitting(name)),
            _ => found(typed, None, None),
        }
    }

    /// A text as a value of this segment; as text if it is none. Publishing says so, with its path.
    pub(crate) fn value(&self, text: &str) -> Value<'static> {
        self.kind.unwrap_or(ValueKind::Text).parse(text).unwrap_or_else(|| Value::from(text.to_owned()))
    }
}

/// An implementation as typed. For a boolean feature, `on` and `true` are `enabled`, `off` and `false` are `disabled`,
/// unless one is called that. What is not found is kept as it was typed; publishing refuses it.
pub(crate) fn implementation(declaration: &Declaration, typed: &str) -> String {
    let meant = match typed.to_lowercase().as_str() {
        "on" | "true" | "enable" | "yes" => "enabled",
        "off" | "false" | "disable" | "no" => "disabled",
        _ => typed,
    };
    match declaration.boolean && declaration.position(typed).is_none() {
        true => meant.to_owned(),
        false => typed.to_owned(),
    }
}

/// Names in a row, each once.
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
    fn an_input_may_stand_before_a_segment() {
        let declaration = Declaration::new("Checkout", ["classic"]).segment("Country", ValueKind::Text);
        let name = |segment: &str, of: Option<&str>, kind| SegmentName {
            segment: segment.to_owned(),
            of: of.map(str::to_owned),
            kind,
        };
        let find = |typed| SegmentName::find(&declaration, typed);
        assert_eq!(find("Country"), name("Country", None, Some(ValueKind::Text)));
        assert_eq!(find("address.Country"), name("Country", Some("address"), Some(ValueKind::Text)));
        assert_eq!(find("address.Contry"), name("address.Contry", None, None));
    }
}
