//! The units of a flag's rollout as fields: attributes whose names are typed, all attributes, or a random draw.

use feats::model::{By, RANDOM};

use super::operator::FieldError;
use super::source;
use crate::fields::Fields;

/// The units that a form chooses between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnitsKind {
    Attributes,
    All,
    Random,
}

impl UnitsKind {
    pub(crate) const ALL: [Self; 3] = [Self::Attributes, Self::All, Self::Random];

    /// The name in the form.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Attributes => "attributes",
            Self::All => "all",
            Self::Random => RANDOM,
        }
    }

    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Attributes => "These attributes",
            Self::All => "All attributes of the request",
            Self::Random => "Random per request",
        }
    }

    /// Returns the kind of a [key](source::units_key), and the names of its attributes.
    pub(crate) fn of_key(key: &str) -> (Self, Vec<String>) {
        let by = source::parse_units(key).0;
        match &by {
            by if by.is_random() => (Self::Random, Vec::new()),
            by if by.is_all() => (Self::All, Vec::new()),
            by => (Self::Attributes, by.names().iter().filter(|name| !name.is_empty()).cloned().collect()),
        }
    }
}

/// Parses the fields as a [key](source::units_key). Attributes without a name are left out; if none is left, the key has one empty
/// name, which [`check`] reports.
pub(super) fn parse(fields: &Fields) -> String {
    let by = match fields.get("r.units") {
        RANDOM => By::from(RANDOM),
        "all" => By::Several(Vec::new()),
        _ => {
            let names: Vec<String> =
                fields.all("r.attribute").filter(|name| !name.trim().is_empty()).map(str::to_owned).collect();
            if names.is_empty() { none() } else { By::Several(names) }
        }
    };
    source::units_key(&by, None)
}

/// The units of a form in which no attribute is typed yet.
pub(super) fn none() -> By {
    By::segment("")
}

/// Checks and trims the names of attributes.
pub(super) fn check(by: By) -> Result<By, FieldError> {
    if by.is_random() || by.is_all() {
        return Ok(by);
    }
    let names = by.names().iter().map(|name| source::check_attribute(name)).collect::<Result<Vec<_>, _>>()?;
    Ok(match names.as_slice() {
        [only] => By::segment(only),
        _ => By::Several(names),
    })
}
