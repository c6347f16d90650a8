//! Controls of the editor: buttons that do a step of a draft, and what is wrong with a field.

use maud::{Markup, html};

use super::view::FeatureView;
use crate::draft::form::RuleForm;

/// A button that takes one step of the draft. With JavaScript, only the editor is loaded anew.
pub(super) fn step(view: &FeatureView<'_>, step: &str, id: &str, text: &str, class: &str, spoken: &str) -> Markup {
    button(step, id, text, class, spoken, ButtonState::new(false, view.focuses(id)))
}

/// What is wrong with a field, below it. It is there while nothing is wrong, too, for a change to fill it.
pub(super) fn problem(form: &RuleForm, field: &str) -> Markup {
    let element = form.element(field);
    html! { p.bad #{ "wrong-" (element) } data-wrong=(element) { (form.problem(field).unwrap_or_default()) } }
}

/// What is so of a button now.
pub(super) struct ButtonState {
    is_disabled: bool,
    has_focus: bool,
}

impl ButtonState {
    pub(super) fn new(is_disabled: bool, has_focus: bool) -> Self {
        Self { is_disabled, has_focus }
    }
}

/// A button that does a step.
pub(super) fn button(step: &str, id: &str, text: &str, class: &str, spoken: &str, state: ButtonState) -> Markup {
    html! {
        button #(id) class=(class) name="do" value=(step) aria-label=[(!spoken.is_empty()).then_some(spoken)]
            aria-disabled=[state.is_disabled.then_some("true")] autofocus[state.has_focus]
            hx-post="feature" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" { (text) }
    }
}
