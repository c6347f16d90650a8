//! Permissions: [`Actor::may`] checks one action, [`decide`] checks a write by comparing the base state with the resulting
//! state.

use std::fmt;

use feats::model::State;
use feats::text::check_name;

/// A user of the console.
#[derive(Clone, PartialEq, Eq)]
pub struct Actor {
    name: Option<String>,
    role: Role,
}

/// The set of actions that a user may take. Each role includes the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// View everything.
    View,
    /// Publish changes, roll back, pin, create flags, and preview implementations in their own browser.
    Edit,
    /// Confirm changes that reassign every user or that a running program cannot use, remove states, and destroy flags.
    Admin,
}

/// An action that a user asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Action {
    /// View a page of one feature or of all. Requires [`Role::View`].
    View,
    /// Draft, preview and publish rules, overrides and rollbacks; enable, disable, archive and restore a flag, and change its client
    /// data. Requires [`Role::Edit`].
    Publish,
    /// Pin or unpin a feature. Requires [`Role::Edit`].
    Pin,
    /// Choose an implementation for the user's own browser. Requires [`Role::Edit`].
    Override,
    /// Confirm a reshuffle, or a choice that a running program does not know. Requires [`Role::Admin`].
    Confirm,
    /// Remove the state of a feature that code declares. Requires [`Role::Admin`].
    Remove,
    /// Create a [flag](feats::flags), or bring back one that was destroyed. A flag that is created enabled also requires
    /// [`Publish`](Self::Publish). Requires [`Role::Edit`].
    CreateFlag,
    /// Destroy a flag. Requires [`Role::Admin`].
    DestroyFlag,
}

/// The permission check of the application; see [`Console::authorize`](super::Console::authorize).
pub(super) type Authorize = dyn Fn(&Actor, Action, Option<&str>) -> bool + Send + Sync;

impl Actor {
    /// Creates a user who is logged in. Revisions show `name` as their author. The role is [`Role::View`] unless
    /// [set](Actor::role), because the users of a site are not its operators.
    ///
    /// The actor is [anonymous](Actor::anonymous) if `name` is empty, is longer than 200 characters, has no visible
    /// character, or contains a control character or an invisible one.
    ///
    /// ```
    /// use feats_console::Actor;
    /// assert_eq!(Actor::new("ada").name(), Some("ada"));
    /// assert_eq!(Actor::new(" ").name(), None);
    /// ```
    pub fn new(name: impl Into<String>) -> Self {
        let name = Some(name.into()).filter(|name| check_name(name).is_ok());
        Self { name, role: Role::View }
    }

    /// Creates a user who is not logged in and can only view.
    pub fn anonymous() -> Self {
        Self { name: None, role: Role::View }
    }

    /// Sets the role. An anonymous user can only view, whatever the role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The name, or `None` for an anonymous user.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns `true` if the user may take `action` on one feature, or in general if `feature` is `None`.
    pub(super) fn may(&self, action: Action, feature: Option<&str>, authorize: Option<&Authorize>) -> bool {
        let role = if self.name.is_some() { self.role } else { Role::View };
        role >= action.role() && authorize.is_none_or(|authorize| authorize(self, action, feature))
    }
}

impl Action {
    /// The lowest role that may take this action.
    pub fn role(self) -> Role {
        match self {
            Action::View => Role::View,
            Action::Publish | Action::Pin | Action::Override | Action::CreateFlag => Role::Edit,
            Action::Confirm | Action::Remove | Action::DestroyFlag => Role::Admin,
        }
    }
}

/// A write to one feature, as the permission check sees it.
pub(super) struct Write<'a> {
    /// The action that the form asks for.
    pub(super) action: Action,
    /// `true` if the form contains a confirmation.
    pub(super) confirms: bool,
    /// The state that the write is based on.
    pub(super) base: &'a State,
    /// The state that would be written, or `None` for a removal.
    pub(super) result: Option<&'a State>,
}

/// Checks a write. The user needs permission for every action that the write implies, whatever the form calls it.
///
/// # Errors
/// Returns the first action that the user may not take.
pub(super) fn decide(
    actor: &Actor,
    feature: &str,
    write: &Write<'_>,
    authorize: Option<&Authorize>,
) -> Result<(), Action> {
    match write.actions().into_iter().flatten().find(|action| !actor.may(*action, Some(feature), authorize)) {
        None => Ok(()),
        Some(denied) => Err(denied),
    }
}

impl Write<'_> {
    /// The actions that the write implies.
    fn actions(&self) -> [Option<Action>; 7] {
        let empty = State::default();
        let result = self.result.unwrap_or(&empty);
        // A removal also removes a pin.
        let pins = self.base.pinned != result.pinned;
        let creates = self.base.flag.is_none() && result.flag.is_some();
        let destroys = self.base.flag.is_some() && result.flag.is_none();
        let publishes = match &result.flag {
            // A new flag that is disabled affects no one.
            Some(flag) if creates => flag.is_active(),
            _ => self.result.is_some_and(|result| !self.base.differs_only_in_pin(result)),
        };
        let when = |applies: bool, action: Action| applies.then_some(action);
        [
            Some(self.action),
            when(self.confirms, Action::Confirm),
            when(pins, Action::Pin),
            when(publishes, Action::Publish),
            when(self.result.is_none() && !destroys, Action::Remove),
            when(creates, Action::CreateFlag),
            when(destroys, Action::DestroyFlag),
        ]
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
    use feats::text::MAX_NAME_CHARACTERS;

    use super::*;

    #[test]
    fn a_role_includes_the_permissions_of_lower_roles() {
        let may = |role, action| Actor::new("ada").role(role).may(action, None, None);
        assert!(may(Role::View, Action::View) && !may(Role::View, Action::Publish));
        assert!(may(Role::Edit, Action::Pin) && !may(Role::Edit, Action::Confirm));
        assert!(may(Role::Admin, Action::Remove) && may(Role::Admin, Action::View));
        assert!(may(Role::Edit, Action::CreateFlag) && !may(Role::View, Action::CreateFlag));
        assert!(may(Role::Admin, Action::DestroyFlag) && !may(Role::Edit, Action::DestroyFlag));
    }

    #[test]
    fn an_anonymous_user_can_only_view() {
        let anonymous = Actor::anonymous().role(Role::Admin);
        assert!(anonymous.may(Action::View, None, None));
        assert!(!anonymous.may(Action::Publish, None, None));
    }

    #[test]
    fn an_invalid_name_makes_an_anonymous_user() {
        let long = "x".repeat(MAX_NAME_CHARACTERS + 1);
        for text in [
            "",
            " ",
            "\t",
            "\u{a0}",
            "\u{3000}",
            "\u{200b}",
            "\u{feff}\u{2060}",
            "\0",
            "ada\n",
            "a\u{7f}da",
            "ada\u{200b}",
            "\u{202e}ada",
            "a\u{ad}da",
            "\u{e0061}",
            "\u{2800}",
            "\u{3164}",
            &long,
        ] {
            let actor = Actor::new(text).role(Role::Admin);
            assert_eq!(actor.name(), None, "{text:?}");
            assert!(actor.may(Action::View, None, None) && !actor.may(Action::Publish, None, None), "{text:?}");
        }
        for text in ["ada", "Ada Lovelace", "Zoë", "大", "ada@example.com", "x", &"é".repeat(MAX_NAME_CHARACTERS)] {
            assert_eq!(Actor::new(text).name(), Some(text));
        }
    }

    #[test]
    fn a_user_can_only_view_by_default() {
        assert!(!Actor::new("ada").may(Action::Publish, None, None));
        assert!(!Actor::from("ada").may(Action::Override, None, None));
    }

    /// Every kind of write, with the actions that it requires.
    #[test]
    fn a_write_requires_every_action_that_it_implies() {
        let state = |json: &str| json.parse::<State>().expect("a state");
        let empty = State::default();
        let (pinned, other_pin) = (state(r#"{"pinned": "a"}"#), state(r#"{"pinned": "b"}"#));
        let rules = state(r#"{"otherwise": {"static": "a"}}"#);
        let both = state(r#"{"pinned": "a", "otherwise": {"static": "a"}}"#);
        let unknown = state(r#"{"later": 1}"#);
        let taken = |action, confirms, base, result| {
            let write = Write { action, confirms, base, result };
            let mut actions: Vec<_> = write.actions().into_iter().flatten().collect();
            actions.dedup();
            actions
        };
        use Action::{Confirm, Pin, Publish, Remove};
        assert_eq!(taken(Publish, false, &empty, Some(&rules)), [Publish]);
        assert_eq!(taken(Publish, false, &empty, Some(&unknown)), [Publish]);
        assert_eq!(taken(Publish, false, &both, Some(&rules)), [Publish, Pin]);
        assert_eq!(taken(Publish, false, &empty, Some(&pinned)), [Publish, Pin]);
        assert_eq!(taken(Publish, false, &pinned, Some(&other_pin)), [Publish, Pin]);
        assert_eq!(taken(Publish, true, &empty, Some(&empty)), [Publish, Confirm]);
        assert_eq!(taken(Pin, false, &rules, Some(&both)), [Pin]);
        assert_eq!(taken(Pin, false, &pinned, Some(&rules)), [Pin, Publish], "a pin that also changes rules");
        assert_eq!(taken(Remove, false, &rules, None), [Remove]);
        assert_eq!(taken(Remove, false, &both, None), [Remove, Pin, Remove]);
    }

    #[test]
    fn creating_and_destroying_a_flag_are_actions_of_their_own() {
        let state = |json: &str| json.parse::<State>().expect("a state");
        let flag = |enabled: bool, more: &str| {
            let created = r#""created_at": "2026-12-01T09:00:00Z", "created_by": "ada""#;
            state(&format!(r#"{{"flag": {{"enabled": {enabled}, {created}{more}}}}}"#))
        };
        let (nothing, feature) = (State::default(), state(r#"{"otherwise": {"static": "a"}}"#));
        let (on, off) = (flag(true, ""), flag(false, ""));
        let (archived, data) = (flag(true, r#", "archived": true"#), flag(true, r#", "client_data": {"ttl": 1}"#));
        let mut pinned = off.clone();
        pinned.pinned = Some("enabled".to_owned());
        let implied = |base, result| {
            let write = Write { action: Action::View, confirms: false, base, result };
            write.actions().into_iter().flatten().skip(1).collect::<Vec<_>>()
        };
        use Action::{CreateFlag, DestroyFlag, Pin, Publish, Remove};
        assert_eq!(implied(&nothing, Some(&off)), [CreateFlag]);
        assert_eq!(implied(&nothing, Some(&archived)), [CreateFlag]);
        assert_eq!(implied(&nothing, Some(&on)), [Publish, CreateFlag]);
        assert_eq!(implied(&nothing, Some(&pinned)), [Pin, CreateFlag]);
        for (base, result) in [(&off, &on), (&on, &off), (&on, &archived), (&archived, &on), (&on, &data)] {
            assert_eq!(implied(base, Some(result)), [Publish]);
        }
        assert_eq!(implied(&on, None), [DestroyFlag]);
        assert_eq!(implied(&pinned, None), [Pin, DestroyFlag]);
        assert_eq!(implied(&on, Some(&feature)), [Publish, DestroyFlag]);
        assert_eq!(implied(&feature, None), [Remove]);
    }

    #[test]
    fn the_application_can_only_remove_permissions() {
        let everything: &Authorize = &|_, _, _| true;
        let nothing: &Authorize = &|_, _, _| false;
        assert!(!Actor::new("ada").role(Role::View).may(Action::Pin, None, Some(everything)));
        assert!(!Actor::new("ada").role(Role::Admin).may(Action::View, Some("Fee"), Some(nothing)));
    }
}
