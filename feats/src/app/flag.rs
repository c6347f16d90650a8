//! Flags as features of an app.

use std::sync::Arc;

use super::handle::FeatureHandle;
use super::publish::WriteHookSlot;
use super::running::App;
use crate::error::{Error, ErrorKind, Problem, Result};
use crate::model::Declaration;
use crate::registry::Dynamic;
use crate::text::{check_name, quoted};

impl App {
    /// Returns the handle of a flag, which is added to the features of this app if its name is new. The flag exists once a state of
    /// it is published.
    ///
    /// # Errors
    /// - [`ErrorKind::Invalid`]: the name is not [valid](check_name).
    /// - [`ErrorKind::AlreadyExists`]: the name is that of a feature that is not a flag.
    pub(crate) async fn declare_flag(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        check_name(name).map_err(|message| Error::invalid(vec![Problem::new("name", message)]))?;
        let (replica, flag) = (self.0.replica.clone(), Declaration::flag(name));
        let is_free = self.compute(false, move || Ok(replica.declare_flag(flag))).await?;
        // Another program may have published the state of a feature of its code.
        let is_flag = |handle: &FeatureHandle<Dynamic>| {
            let is_unused = || handle.entry().is_none_or(|entry| entry.removed);
            handle.declaration().flag && (handle.flag_status().is_flag() || is_unused())
        };
        let handle = self.handle_of(name).filter(|handle| is_free && is_flag(handle));
        handle.ok_or_else(|| {
            let message = format!(
                "{} is a feature that a program declares in code, so there can be no flag of this name",
                quoted(name)
            );
            Error::new(ErrorKind::AlreadyExists, message)
        })
    }

    /// Returns the handle of a feature, or of a flag whether or not it exists now; `None` if the name was never used.
    pub(crate) fn handle_of(&self, name: &str) -> Option<FeatureHandle<Dynamic>> {
        let found = self.0.replica.features(|features| {
            let position = features.position(name)?;
            Some((position, features.get(position)?))
        });
        found.map(|(position, declaration): (usize, Arc<Declaration>)| {
            FeatureHandle::new(self.clone(), position, declaration)
        })
    }

    /// Like [`handle_of`](Self::handle_of), but also returns the handle of a flag that was destroyed before this program started.
    pub(crate) fn flag_handle(&self, name: &str) -> Option<FeatureHandle<Dynamic>> {
        self.handle_of(name).or_else(|| {
            self.0.replica.declare_removed(Declaration::flag(name));
            self.handle_of(name)
        })
    }

    /// Returns the hook that observes the writes of this app.
    pub(crate) fn write_hook(&self) -> &WriteHookSlot {
        &self.0.write_hook
    }
}
