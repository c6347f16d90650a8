//! References to flags by name.

use std::sync::Arc;

use feats_core::__private::closest;

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
        let (app, name) = (&self.client.app, &*self.name);
        let message = match app.find_feature(name) {
            Some(_) => format!("{} is a feature that a program declares in code, not a flag", quoted(name)),
            None => {
                let known = app.declarations();
                let flags = known.iter().filter(|known| known.flag).map(|known| &*known.name);
                let similar = closest(name, flags).map(|similar| format!("; did you mean {}?", quoted(similar)));
                format!("there is no flag named {}{}", quoted(name), similar.unwrap_or_default())
            }
        };
        Error::new(ErrorKind::NotFound, message)
    }
}
