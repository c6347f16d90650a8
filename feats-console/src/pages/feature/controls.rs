//! Controls of the editor: step buttons and field errors.

use maud::{Markup, html};

use super::view::FeatureView;
use crate::draft::form::RuleForm;

/// Renders a button that applies a step to the draft. With JavaScript, only the editor is reloaded.
pub(super) fn step(view: &FeatureView<'_>, step: &str, id: &str, text: &str, class: &str, spoken: &str) -> Markup {
    button(step, id, text, class, spoken, ButtonState::new(false, view.focuses(id)))
}

/// Renders the error of a field. The element exists without an error too, so that a change can fill it.
pub(super) fn problem(form: &RuleForm, field: &str) -> Markup {
    let element = form.element(field);
    html! { p.bad #{ "wrong-" (element) } data-wrong=(element) { (form.problem(field).unwrap_or_default()) } }
}

/// The state of a button.
pub(super) struct ButtonState {
    is_disabled: bool,
    has_focus: bool,
}

impl ButtonState {
    pub(super) fn new(is_disabled: bool, has_focus: bool) -> Self {
        Self { is_disabled, has_focus }
    }
}

/// Renders a button that applies a step.
pub(super) fn button(step: &str, id: &str, text: &str, class: &str, spoken: &str, state: ButtonState) -> Markup {
    html! {
        button #(id) class=(class) name="do" value=(step) aria-label=[(!spoken.is_empty()).then_some(spoken)]
            aria-disabled=[state.is_disabled.then_some("true")] autofocus[state.has_focus]
            hx-post="feature" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" { (text) }
    }
}
