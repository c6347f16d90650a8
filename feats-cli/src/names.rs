//! Names as typed: a segment of a feature, and a text as a value of the segment's type.

use feats::Value;
use feats::model::{Declaration, FittingSegment, ValueKind};

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
        let found = |segment: &str, of: Option<&str>, fitting: Option<&FittingSegment>| Self {
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
        self.kind.unwrap_or(ValueKind::Text).read(text).unwrap_or_else(|| Value::from(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
