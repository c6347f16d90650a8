//! Who may do what: one function decides it for every page and every write.

use std::fmt;

/// Somebody who uses the console.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    name: Option<String>,
    role: Role,
}

/// What somebody may do. Each role may do what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Look at everything.
    View,
    /// Publish changes, roll back, pin, and choose for one's own browser.
    Edit,
    /// Also consent to what moves people without need or harms a running program, and remove states.
    Admin,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// See a page, of a feature or of all. [`Role::View`]
    View,
    /// Publish rules, overrides of units, a rollback; also to draft and preview them. [`Role::Edit`]
    Publish,
    /// Pin a feature or unpin it. [`Role::Edit`]
    Pin,
    /// Choose an implementation for one's own browser. [`Role::Edit`]
    Override,
    /// Consent to a reshuffle, or to a choice that some running program does not know. [`Role::Admin`]
    Consent,
    /// Remove the state of a feature. [`Role::Admin`]
    Remove,
}

/// The application's word on who may do what.
pub(super) type Authorize = dyn Fn(&Actor, Action, Option<&str>) -> bool + Send + Sync;

impl Actor {
    /// Somebody by the name that revisions show as their author. The role is [`Role::Edit`] unless set.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: Some(name.into()), role: Role::Edit }
    }

    /// Nobody in particular: may look.
    pub fn anonymous() -> Self {
        Self { name: None, role: Role::View }
    }

    /// Sets the role. Who is anonymous never does more than look.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The name; `None` if anonymous.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether somebody may do something, with one feature or in general.
    pub(super) fn may(&self, action: Action, feature: Option<&str>, authorize: Option<&Authorize>) -> bool {
        let role = if self.name.is_some() { self.role } else { Role::View };
        role >= action.role() && authorize.is_none_or(|authorize| authorize(self, action, feature))
    }
}

impl Action {
    /// The least role that it takes.
    pub fn role(self) -> Role {
        match self {
            Action::View => Role::View,
            Action::Publish | Action::Pin | Action::Override => Role::Edit,
            Action::Consent | Action::Remove => Role::Admin,
        }
    }
}

impl From<&str> for Actor {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Actor {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Actor").field("name", &self.name).field("role", &self.role).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_may_what_the_ones_before_it_may() {
        let may = |role, action| Actor::new("ada").role(role).may(action, None, None);
        assert!(may(Role::View, Action::View) && !may(Role::View, Action::Publish));
        assert!(may(Role::Edit, Action::Pin) && !may(Role::Edit, Action::Consent));
        assert!(may(Role::Admin, Action::Remove) && may(Role::Admin, Action::View));
    }

    #[test]
    fn who_is_anonymous_only_looks() {
        let nobody = Actor::anonymous().role(Role::Admin);
        assert!(nobody.may(Action::View, None, None));
        assert!(!nobody.may(Action::Publish, None, None));
    }

    #[test]
    fn the_application_can_only_take_away() {
        let everything: &Authorize = &|_, _, _| true;
        let nothing: &Authorize = &|_, _, _| false;
        assert!(!Actor::new("ada").role(Role::View).may(Action::Pin, None, Some(everything)));
        assert!(!Actor::new("ada").role(Role::Admin).may(Action::View, Some("Fee"), Some(nothing)));
    }
}
