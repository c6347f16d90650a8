//! A subject as entered.

use std::collections::BTreeMap;
use std::fmt;

use feats::model::{ApplicableSegment, Attributes, Declaration, State, Value, ValueKind};

use crate::components::address;
use crate::draft::form::ValueType;
use crate::flag;

/// The prefix of segment names in an address, which separates them from other parameters.
const PREFIX: &str = "s.";
/// The notation of an empty text, because an empty field is not set.
const EMPTY: &str = "\"\"";

/// Values for the segments of a feature, as entered.
pub(crate) struct Subject {
    /// One field per applicable segment, in declaration order.
    pub(super) fields: Vec<Field>,
    /// Entered names that no segment of the feature has.
    pub(super) unknown: Vec<String>,
    /// `true` if the form was submitted, even if empty.
    pub(super) is_submitted: bool,
}

/// The entered value of one segment.
pub(crate) struct Field {
    pub(super) segment: ApplicableSegment,
    /// The segment's name, or `input.segment` if several inputs have it.
    pub(super) name: String,
    pub(super) text: String,
    /// `true` if nothing states the type of the values: the attribute of a flag that only splits by it. A number or a bool is then
    /// taken as such, unless it is in quotes.
    pub(super) is_untyped: bool,
    /// The value, if set; an error if the text is not of the segment's type.
    value: Result<Option<Value<'static>>, ()>,
}

impl Subject {
    /// Parses the values for a feature. The attributes of a flag are those that the state uses.
    pub(crate) fn parse(declaration: &Declaration, state: &State, parameters: &[(String, String)]) -> Self {
        let declaration = &*flag::declaration(declaration, state);
        let kinds = if declaration.flag { state.kinds_in_use() } else { BTreeMap::new() };
        let entered = || parameters.iter().filter_map(|(name, text)| Some((name.strip_prefix(PREFIX)?, text.as_str())));
        let fields: Vec<Field> = declaration
            .segments
            .iter()
            .map(|segment| {
                let name = qualified_name(segment);
                let text =
                    entered().rfind(|(entered_name, _)| *entered_name == name).map_or("", |(_, text)| text.trim());
                let is_untyped = kinds.get(&*segment.segment).is_some_and(Option::is_none);
                Field::new(segment.clone(), name, text.to_owned(), is_untyped)
            })
            .collect();
        let unknown =
            entered().filter(|(name, text)| !text.is_empty() && fields.iter().all(|field| field.name != *name));
        let unknown = unknown.map(|(name, _)| name.to_owned()).collect();
        // A form without fields needs no submission.
        let is_submitted = entered().next().is_some() || fields.is_empty();
        Self { fields, unknown, is_submitted }
    }

    /// Returns the values, or `None` if a text is not of its segment's type.
    pub(crate) fn attributes(&self) -> Option<Attributes<'static>> {
        let mut attributes = Attributes::new();
        for field in &self.fields {
            if let Some(value) = field.value.clone().ok()? {
                attributes.insert(field.name.clone(), value);
            }
        }
        Some(attributes)
    }

    /// Returns `true` if a value can be set.
    pub(crate) fn has_fields(&self) -> bool {
        !self.fields.is_empty()
    }

    /// Returns `true` if any value is set.
    pub(crate) fn has_values(&self) -> bool {
        self.fields.iter().any(|field| !field.text.is_empty())
    }

    /// Returns the address of the explanation for this subject.
    pub(super) fn link(&self, feature: &str) -> String {
        let entered = self.fields.iter().filter(|field| !field.text.is_empty());
        let entered: Vec<_> = entered.map(|field| (field.parameter(), field.text.as_str())).collect();
        let values = entered.iter().map(|(parameter, text)| (parameter.as_str(), *text));
        address("explain", &[("name", feature)].into_iter().chain(values).collect::<Vec<_>>())
    }
}

impl Field {
    fn new(segment: ApplicableSegment, name: String, text: String, is_untyped: bool) -> Self {
        let value = match text.as_str() {
            "" => Ok(None),
            typed if is_untyped => ValueType::guess(typed).map(Some).ok_or(()),
            EMPTY => segment.kind.parse("").map(Some).ok_or(()),
            text => segment.kind.parse(text).map(Some).ok_or(()),
        };
        Self { segment, name, text, is_untyped, value }
    }

    /// The name of the parameter.
    pub(super) fn parameter(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// Returns the error of the text, if any.
    pub(super) fn error(&self) -> Option<String> {
        self.value.is_err().then(|| format!("“{}” is not {}.", self.text, self.segment.kind))
    }
}

/// Formats the subject on one line.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entered = self.fields.iter().filter(|field| !field.text.is_empty());
        for (index, field) in entered.enumerate() {
            let text = match (field.segment.kind, field.text.as_str()) {
                (ValueKind::Bool, "true") => "yes",
                (ValueKind::Bool, "false") => "no",
                (_, text) => text,
            };
            write!(f, "{}{} {text}", if index == 0 { "" } else { ", " }, field.name)?;
        }
        Ok(())
    }
}

/// Returns the name of a segment, with its input if several inputs have it.
fn qualified_name(segment: &ApplicableSegment) -> String {
    match &segment.input {
        Some(input) => format!("{input}.{}", segment.segment),
        None => segment.segment.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(parameters: &[(&str, &str)]) -> Subject {
        let mut feature = Declaration::new("Fee", ["acme"]).segment("Country", ValueKind::Text);
        feature = feature.segment("name", ValueKind::Integer);
        let parameters: Vec<_> =
            parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Subject::parse(&feature, &State::default(), &parameters)
    }

    #[test]
    fn an_empty_field_is_not_set_and_two_quotes_are_an_empty_text() {
        assert_eq!(parse(&[("s.Country", "")]).attributes(), Some(Attributes::new()));
        let empty = parse(&[("s.Country", "\"\"")]).attributes().unwrap();
        assert_eq!(empty.get("Country"), Some(&Value::from("")));
    }

    #[test]
    fn a_segment_may_have_the_name_of_a_parameter() {
        let subject = parse(&[("name", "Fee"), ("s.name", "7")]);
        assert_eq!(subject.attributes().unwrap().get("name"), Some(&Value::from(7)));
        assert_eq!(subject.link("Fee"), "explain?name=Fee&s.name=7");
    }

    #[test]
    fn a_text_of_another_type_is_an_error_of_its_field() {
        let subject = parse(&[("s.name", "seven"), ("s.Country", "CA")]);
        assert_eq!(subject.attributes(), None);
        let errors: Vec<_> = subject.fields.iter().filter_map(Field::error).collect();
        assert_eq!(errors, ["“seven” is not an integer."]);
    }

    /// A split by an attribute says nothing about its type, and other systems hash `42` and `"42"` apart.
    #[test]
    fn an_attribute_without_a_type_is_a_number_unless_it_is_in_quotes() {
        let state: State =
            r#"{"otherwise": {"rollout": {"by": "user", "weights": {"enabled": 100}}}}"#.parse().unwrap();
        for (text, expected) in [
            ("42", Value::from(42)),
            ("\"42\"", Value::from("42")),
            ("4.5", Value::from(4.5)),
            ("true", Value::from(true)),
            ("ada", Value::from("ada")),
            ("\"", Value::from("\"")),
        ] {
            let parameters = [("s.user".to_owned(), text.to_owned())];
            let attributes = Subject::parse(&Declaration::flag("F"), &state, &parameters).attributes().unwrap();
            assert_eq!(format!("{:?}", attributes.get("user").unwrap()), format!("{expected:?}"), "{text}");
        }
    }

    #[test]
    fn unknown_segments_are_named() {
        assert_eq!(parse(&[("s.Cuntry", "CA"), ("s.Gone", "")]).unknown, ["Cuntry"]);
    }

    #[test]
    fn a_segment_of_several_inputs_has_a_field_for_each() {
        let mut feature = Declaration::new("Fee", ["acme"]);
        let input = |input: &str| ApplicableSegment {
            segment: "Zip".into(),
            input: Some(input.into()),
            kind: ValueKind::Text,
            options: Vec::new(),
        };
        feature.segments = [input("from"), input("to")].into_iter().collect();
        let subject = Subject::parse(&feature, &State::default(), &[("s.to.Zip".to_owned(), "1010".to_owned())]);
        let attributes = subject.attributes().unwrap();
        assert_eq!(attributes.iter().collect::<Vec<_>>(), [("to.Zip", &Value::from("1010"))]);
    }
}
