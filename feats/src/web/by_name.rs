//! Decisions by name, over the attributes of a request.

use crate::app::App;
use crate::error::{Error, ErrorKind, Result};
use crate::model::Attributes;
use crate::registry::ImplementationName;

/// Chooses an implementation and records its use.
pub(super) fn feature(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<ImplementationName> {
    Ok(app.feature_named(name)?.use_implementation(attributes))
}

/// Whether a boolean feature is on; records the use of the answer.
pub(super) fn enabled(app: &App, attributes: &Attributes<'_>, name: &str) -> Result<bool> {
    let feature = app.feature_named(name)?;
    if !feature.declaration().boolean {
        return Err(Error::new(ErrorKind::Invalid, "it is no boolean").with_feature(name));
    }
    match &*feature.use_implementation(attributes) {
        "enabled" => Ok(true),
        "disabled" => Ok(false),
        _ => feature.declaration().on.ok_or_else(|| {
            let message = "its default is computed from what only code has; decide it there and hand on the answer";
            Error::new(ErrorKind::Unsupported, message).with_feature(name)
        }),
    }
}
