//! The units of a rollout: the values of one segment, of several segments together, or a random draw.

use std::fmt;

use serde::Serialize;

/// The segments whose values are the units of a [`Rollout`](super::Rollout). On the wire, a string or a list of strings.
///
/// A list of one name has the same units as the name alone, except that `["random"]` is the segment of that name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum By {
    /// The values of one segment; the name [`RANDOM`] draws a slot for each evaluation.
    One(String),
    /// The values of several segments together, in this order, at most
    /// [`MAX_UNIT_SEGMENTS`](super::limits::MAX_UNIT_SEGMENTS). Without names, all attributes of the subject, which only flags
    /// allow.
    Several(Vec<String>),
}

/// The value of `by` that draws a slot at random for each evaluation.
pub const RANDOM: &str = "random";

impl By {
    /// Returns `true` if a slot is drawn for each evaluation.
    pub fn is_random(&self) -> bool {
        *self == RANDOM
    }

    /// Returns `true` if all attributes of the subject together are the unit.
    pub fn is_all(&self) -> bool {
        matches!(self, By::Several(names) if names.is_empty())
    }

    /// Returns the names of the segments, in order; none for a random draw and for all attributes.
    ///
    /// ```
    /// use feats::model::By;
    /// let team = By::from(["tenant", "user"]);
    /// assert_eq!(team.to_string(), "tenant, user");
    /// assert_eq!(team.names(), ["tenant", "user"]);
    /// assert!(By::from("random").is_random() && !By::from(["random"]).is_random());
    /// ```
    pub fn names(&self) -> &[String] {
        match self {
            By::One(_) if self.is_random() => &[],
            By::One(name) => std::slice::from_ref(name),
            By::Several(names) => names,
        }
    }

    /// Creates the units of one segment, even of one named [`RANDOM`].
    pub fn segment(name: impl Into<String>) -> Self {
        let name = name.into();
        if name == RANDOM { By::Several(vec![name]) } else { By::One(name) }
    }

    /// Returns `true` if both have the same units, in either notation.
    pub(crate) fn has_units_of(&self, other: &By) -> bool {
        self.is_random() == other.is_random() && self.names() == other.names()
    }
}

/// Compares with the name of a single segment, or with [`RANDOM`]. A list equals no name.
impl PartialEq<str> for By {
    fn eq(&self, name: &str) -> bool {
        matches!(self, By::One(only) if only == name)
    }
}

impl PartialEq<&str> for By {
    fn eq(&self, name: &&str) -> bool {
        *self == **name
    }
}

impl From<&str> for By {
    fn from(name: &str) -> Self {
        By::One(name.to_owned())
    }
}

impl From<String> for By {
    fn from(name: String) -> Self {
        By::One(name)
    }
}

impl<N: Into<String>, const COUNT: usize> From<[N; COUNT]> for By {
    fn from(names: [N; COUNT]) -> Self {
        names.into_iter().collect()
    }
}

impl<N: Into<String>> FromIterator<N> for By {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> Self {
        By::Several(names.into_iter().map(Into::into).collect())
    }
}

/// Formats the names, separated by commas.
impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            By::One(name) => f.write_str(name),
            By::Several(names) if names.is_empty() => f.write_str("all attributes"),
            By::Several(names) => f.write_str(&names.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_notations_of_one_segment_have_the_same_units() {
        assert!(By::from("user").has_units_of(&By::from(["user"])));
        assert!(!By::from(RANDOM).has_units_of(&By::from([RANDOM])));
        assert!(!By::from(RANDOM).has_units_of(&By::from([""; 0])));
        assert!(!By::from(["tenant", "user"]).has_units_of(&By::from(["user", "tenant"])));
    }
}
