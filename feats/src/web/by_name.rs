//! Decisions by the name of a feature or flag, for the attributes of a request.

use serde_json::Value as Json;

use crate::app::{App, FeatureHandle};
use crate::error::{Error, ErrorKind, Result};
use crate::flags::ServedFlag;
use crate::model::Attributes;
use crate::registry::{Dynamic, ImplementationName};

/// Chooses an implementation, or the variant of a flag, and records its use.
pub(super) fn feature(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<ImplementationName> {
    Ok(match find(app, attributes, name)? {
        Found::Flag(served) => served.choice(),
        Found::Feature(feature) => feature.use_implementation(attributes),
    })
}

/// Returns `true` if a boolean feature is on or a flag is enabled, and records the use.
pub(super) fn enabled(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<bool> {
    let feature = match find(app, attributes, name)? {
        Found::Flag(served) => return Ok(served.is_enabled()),
        Found::Feature(feature) if feature.declaration().boolean => feature,
        Found::Feature(_) => {
            return Err(Error::new(ErrorKind::Invalid, "this feature is not a boolean").with_feature(name));
        }
    };
    match &*feature.use_implementation(attributes) {
        "enabled" => Ok(true),
        "disabled" => Ok(false),
        _ => feature.declaration().on.ok_or_else(|| {
            let message =
                "the default of this feature is computed in code; decide it there, and pass the result to the template";
            Error::new(ErrorKind::Unsupported, message).with_feature(name)
        }),
    }
}

/// Returns the value of the variant of a flag, and records its use.
pub(super) fn value(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<Option<Json>> {
    match find(app, attributes, name)? {
        Found::Flag(served) => Ok(served.value().cloned()),
        Found::Feature(_) => {
            let message = "this feature is not a flag, so it has no values";
            Err(Error::new(ErrorKind::Invalid, message).with_feature(name))
        }
    }
}

enum Found {
    Flag(ServedFlag),
    Feature(FeatureHandle<Dynamic>),
}

/// Finds a feature, or decides for a flag.
fn find(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<Found> {
    if let Some(served) = ServedFlag::decide(app.snapshot_cell(), name, attributes) {
        return Ok(Found::Flag(served));
    }
    let feature = app.feature_named(name)?;
    Ok(match feature.declaration().flag {
        // The flag was created after the scope began.
        true => Found::Flag(ServedFlag::default()),
        false => Found::Feature(feature),
    })
}
