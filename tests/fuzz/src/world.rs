//! The feature that every target reads its input for, and a subject.

use feats::model::{Declaration, ValueKind};
use feats::{Attributes, attributes};

/// A feature with a segment of each type.
pub(crate) fn payments() -> Declaration {
    Declaration::new("Payments", ["acme", "premium", "aperture"])
        .segment("Country", ValueKind::Text)
        .segment("Plan", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Score", ValueKind::Float)
        .segment("Tester", ValueKind::Bool)
}

/// A subject with a value for each segment.
pub(crate) fn ada() -> Attributes<'static> {
    attributes! { "Country" => "CA", "Plan" => "2.1.0-beta.1", "UserId" => 42, "Score" => 42.0, "Tester" => true }
}

/// The attributes of the program.
pub(crate) fn program() -> Attributes<'static> {
    attributes! { "Environment" => "prod", "Shard" => 3 }
}
