//! References to flags by name.

use std::sync::Arc;

use super::client::Client;
use crate::app::FeatureHandle;
use crate::error::{Error, ErrorKind, Result};
use crate::registry::Dynamic;
use crate::runtime::FlagStatus;
use crate::text::quoted;

/// A flag by name, whether or not it exists.
#[derive(Clone, Debug)]
pub(super) struct FlagRef {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
}

impl FlagRef {
    pub(super) fn status(&self) -> FlagStatus {
        self.client.app.handle_of(&self.name).map_or(FlagStatus::NotAFlag, |handle| handle.flag_status())
    }

    /// Returns the handle of the flag as a feature.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound): the name was never used.
    pub(super) fn handle(&self) -> Result<FeatureHandle<Dynamic>> {
        self.client.app.flag_handle(&self.name).ok_or_else(|| self.not_found())
    }

    /// Returns the handle of a flag that exists.
    ///
    /// # Errors
    /// [`NotFound`](ErrorKind::NotFound): there is no such flag.
    pub(super) fn existing(&self) -> Result<FeatureHandle<Dynamic>> {
        self.handle().ok().filter(|handle| handle.flag_status().is_flag()).ok_or_else(|| self.not_found())
    }

    fn not_found(&self) -> Error {
        Error::new(ErrorKind::NotFound, format!("there is no flag named {}", quoted(&self.name)))
    }
}
