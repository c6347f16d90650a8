//! The feature and the subject of all targets.

use feats::model::{Declaration, ValueKind};
use feats::{Attributes, attributes};

/// Returns a feature with a segment of each type.
pub(crate) fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium", "aperture"])
        .segment("Country", ValueKind::Text)
        .segment("Plan", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Score", ValueKind::Float)
        .segment("Tester", ValueKind::Bool)
}

/// Returns a subject with a value for each segment.
pub(crate) fn ada() -> Attributes<'static> {
    attributes! { "Country" => "CA", "Plan" => "2.1.0-beta.1", "UserId" => 42, "Score" => 42.0, "Tester" => true }
}

/// Returns the attributes of the program.
pub(crate) fn program() -> Attributes<'static> {
    attributes! { "Environment" => "prod", "Shard" => 3 }
}
