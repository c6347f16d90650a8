//! Who may do what: [`Actor::may`] decides on one action, [`decide`] on a write, by the state that it is written on and the
//! state that it would write.

use std::fmt;

use feats::model::State;
use feats::text::check_name;

/// A user of the console.
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
    Confirm,
    /// Remove the state of a feature. [`Role::Admin`]
    Remove,
}

/// The application's word on who may do what.
pub(super) type Authorize = dyn Fn(&Actor, Action, Option<&str>) -> bool + Send + Sync;

impl Actor {
    /// A user who is logged in, by the name that revisions show as their author. The role is [`Role::View`] unless
    /// [set](Actor::role): a site's users are not its operators.
    ///
    /// A text that is not a name is [anonymous](Actor::anonymous): an empty one, one of more than 200 characters, one without
    /// a visible character, and one with a control character or an invisible one.
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

    /// A user who is not logged in, and may only look.
    pub fn anonymous() -> Self {
        Self { name: None, role: Role::View }
    }

    /// Sets the role. An anonymous user only looks, whatever the role.
    #[must_use]
    pub fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// The name; `None` if anonymous.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Whether the user may take an action, on one feature or in general.
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
            Action::Confirm | Action::Remove => Role::Admin,
        }
    }
}

/// A write to one feature, as far as permissions are concerned.
pub(super) struct Write<'a> {
    /// What the form asks for.
    pub(super) action: Action,
    /// Whether it confirms what needs a confirmation.
    pub(super) confirms: bool,
    /// The state that is written on.
    pub(super) base: &'a State,
    /// The state that would be written; `None` for a removal.
    pub(super) result: Option<&'a State>,
}

/// Decides on a write: the user has to be allowed every action that it amounts to, whatever the form calls it.
///
/// # Errors
/// The first action that the user may not take.
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
    /// What the write amounts to.
    fn actions(&self) -> [Option<Action>; 5] {
        let nothing = State::default();
        let result = self.result.unwrap_or(&nothing);
        // A removal takes a pin away, too.
        let pins = self.base.pinned != result.pinned;
        let publishes = self.result.is_some_and(|result| !self.base.differs_only_in_pin(result));
        let when = |applies: bool, action: Action| applies.then_some(action);
        [
            Some(self.action),
            when(self.confirms, Action::Confirm),
            when(pins, Action::Pin),
            when(publishes, Action::Publish),
            when(self.result.is_none(), Action::Remove),
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
    fn a_role_may_what_the_ones_before_it_may() {
        let may = |role, action| Actor::new("ada").role(role).may(action, None, None);
        assert!(may(Role::View, Action::View) && !may(Role::View, Action::Publish));
        assert!(may(Role::Edit, Action::Pin) && !may(Role::Edit, Action::Confirm));
        assert!(may(Role::Admin, Action::Remove) && may(Role::Admin, Action::View));
    }

    #[test]
    fn who_is_anonymous_only_looks() {
        let nobody = Actor::anonymous().role(Role::Admin);
        assert!(nobody.may(Action::View, None, None));
        assert!(!nobody.may(Action::Publish, None, None));
    }

    #[test]
    fn a_text_that_is_not_a_name_is_not_logged_in() {
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
    fn a_user_only_looks_unless_said_otherwise() {
        assert!(!Actor::new("ada").may(Action::Publish, None, None));
        assert!(!Actor::from("ada").may(Action::Override, None, None));
    }

    /// Every kind of write, with what it takes.
    #[test]
    fn a_write_takes_every_action_that_it_amounts_to() {
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
    fn the_application_can_only_take_away() {
        let everything: &Authorize = &|_, _, _| true;
        let nothing: &Authorize = &|_, _, _| false;
        assert!(!Actor::new("ada").role(Role::View).may(Action::Pin, None, Some(everything)));
        assert!(!Actor::new("ada").role(Role::Admin).may(Action::View, Some("Fee"), Some(nothing)));
    }
}
