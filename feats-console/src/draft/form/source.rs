//! The sources of conditions and rollouts: segments of the feature and attributes of the program.

use feats::model::{ApplicableSegment, By, Declaration, RANDOM, Source, ValueKind};
use feats::text::check_name;
use serde_json::{Value as Json, json};

use super::operator::FieldError;

/// Encodes a source as an option value. It is JSON because names may contain any characters.
pub(crate) fn key(source: &Source) -> String {
    json!(source).to_string()
}

/// Parses an option value.
pub(crate) fn parse(key: &str) -> Option<Source> {
    let json: Json = serde_json::from_str(key).ok()?;
    let text = |field: &str| json.get(field).and_then(Json::as_str).map(str::to_owned);
    match text("segment") {
        Some(segment) => Some(Source::Segment { segment, input: text("input") }),
        None => Some(Source::Attribute { attribute: text("attribute")? }),
    }
}

/// The value of a field that makes a name that of an attribute of the program.
pub(crate) const PROGRAM: &str = "program";

/// Creates the source of a typed name: an attribute of the subjects of a flag, or of the program.
pub(crate) fn from_name(name: &str, of: &str) -> Source {
    match of == PROGRAM {
        true => Source::Attribute { attribute: name.to_owned() },
        false => Source::Segment { segment: name.to_owned(), input: None },
    }
}

/// Returns the name of a source.
pub(crate) fn name(source: &Source) -> &str {
    match source {
        Source::Segment { segment, .. } => segment,
        Source::Attribute { attribute } => attribute,
    }
}

/// Checks a typed name. A name that is not in use is trimmed.
pub(crate) fn checked(declaration: &Declaration, source: &Source) -> Result<Source, FieldError> {
    if find(declaration, source).is_some() {
        return Ok(source.clone());
    }
    let name = check_attribute(name(source))?;
    Ok(match source {
        Source::Segment { input, .. } => Source::Segment { segment: name, input: input.clone() },
        Source::Attribute { .. } => Source::Attribute { attribute: name },
    })
}

/// Trims and checks the typed name of an attribute.
pub(crate) fn check_attribute(name: &str) -> Result<String, FieldError> {
    let name = name.trim();
    match check_name(name) {
        _ if name.is_empty() => Err(FieldError::missing("Enter the name of an attribute")),
        Err(message) => Err(FieldError::invalid(message)),
        Ok(()) => Ok(name.to_owned()),
    }
}

/// Encodes the units of a rollout as an option value: [`RANDOM`], the [key] of a segment, or a list of segments.
pub(crate) fn units_key(by: &By, input: Option<&str>) -> String {
    match by.names() {
        _ if by.is_random() => RANDOM.to_owned(),
        [segment] => key(&Source::Segment { segment: segment.clone(), input: input.map(str::to_owned) }),
        names => json!(names).to_string(),
    }
}

/// Parses an option value of [`units_key`]. Any other text is a random draw.
pub(crate) fn parse_units(key: &str) -> (By, Option<String>) {
    if let Some(Source::Segment { segment, input }) = parse(key) {
        return (By::segment(segment), input);
    }
    match serde_json::from_str::<Vec<String>>(key) {
        Ok(names) => (By::Several(names), None),
        Err(_) => (By::from(RANDOM), None),
    }
}

/// Returns the label of the units of a rollout.
pub(crate) fn units_label(key: &str) -> String {
    parse(key).as_ref().map_or_else(|| parse_units(key).0.to_string(), label)
}

/// Creates the source of a segment.
pub(crate) fn from_segment(applicable: &ApplicableSegment) -> Source {
    Source::Segment { segment: applicable.segment.to_string(), input: applicable.input.as_deref().map(str::to_owned) }
}

/// Finds the segment of a source, if the feature has it.
pub(crate) fn find<'a>(declaration: &'a Declaration, source: &Source) -> Option<&'a ApplicableSegment> {
    let Source::Segment { segment, input } = source else { return None };
    let mut named = declaration.segments.iter().filter(|applicable| *applicable.segment == **segment);
    named.find(|applicable| input.is_none() || applicable.input.as_deref() == input.as_deref())
}

/// Returns the type of a source's values, or text if it is unknown.
pub(crate) fn kind(declaration: &Declaration, source: &Source) -> ValueKind {
    find(declaration, source).map_or(ValueKind::Text, |applicable| applicable.kind)
}

/// Returns the label of a source.
pub(crate) fn label(source: &Source) -> String {
    match source {
        Source::Segment { segment, input: Some(input) } => format!("{segment} of {input}"),
        Source::Segment { segment, input: None } => segment.clone(),
        Source::Attribute { attribute } => format!("{attribute} (program)"),
    }
}
