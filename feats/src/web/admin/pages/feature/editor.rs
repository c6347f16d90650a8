//! A rule that is open: its name, its condition, and how it chooses.

use maud::{Markup, html};

use super::rules::step;
use super::{View, condition, selector};
use crate::web::admin::draft::Place;
use crate::web::admin::draft::form::RuleForm;

/// A change within the form shows its consequences at once; what is being typed stays untouched. A button within it loads the
/// whole editor anew, so the pieces that a change replaces are none of its own.
pub(super) fn rule(view: &View<'_>, place: Place, form: &RuleForm) -> Markup {
    html! {
        li.rule.open {
            span.n { @match place { Place::Rule(at) => (at + 1), Place::Otherwise => "–" } }
            div.stack hx-post="feature" hx-trigger="change delay:250ms" hx-include="#draft" hx-target="#outlook" hx-select="#outlook" hx-select-oob="#editing,#publishing"
                hx-swap="outerHTML show:none" hx-sync="this:replace" hx-disinherit="hx-select-oob" {
                @match place {
                    Place::Rule(_) => {
                        label.f { "Name of the rule"
                            input #r-name name="r.name" value=(form.name) autocomplete="off" maxlength="200"
                                aria-invalid=[form.problem("r.name").map(|_| "true")];
                        }
                        (problem(form, "r.name"))
                        (condition::fields(view, form))
                    }
                    Place::Otherwise => h3 { "Everyone else" },
                }
                (selector::fields(view, form))
                div.row {
                    (step("close", "close", "Done", "btn main", ""))
                    @match place {
                        Place::Rule(at) => (step(&format!("remove:{at}"), "remove", "Remove this rule", "btn stop", "")),
                        Place::Otherwise if view.draft.state.otherwise.is_some() => {
                            (step("default", "default", "Back to the default in the code", "btn", ""))
                        }
                        Place::Otherwise => {}
                    }
                    @if !form.problems.is_empty() { span.bad role="alert" { "This is not in the draft yet." } }
                }
            }
        }
    }
}

/// What is wrong with a field, below it.
pub(super) fn problem(form: &RuleForm, field: &str) -> Markup {
    html! { @if let Some(message) = form.problem(field) { p.bad { (message) } } }
}
