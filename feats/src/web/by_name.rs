//! Decisions by the name of a feature, for the attributes of a request.

use crate::app::App;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Attributes;
use crate::registry::ImplementationName;

/// Chooses an implementation and records its use.
pub(super) fn feature(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<ImplementationName> {
    Ok(app.feature_named(name)?.use_implementation(attributes))
}

/// Returns `true` if a boolean feature is on, and records the use.
pub(super) fn enabled(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<bool> {
    let feature = app.feature_named(name)?;
    if !feature.declaration().boolean {
        return Err(Error::new(ErrorKind::Invalid, "this feature is not a boolean").with_feature(name));
    }
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
