//! The editor of a rule: its name, condition and selector.

use feats::model::CONDITIONS;
use maud::{Markup, html};

use super::controls::{problem, step};
use super::view::FeatureView;
use super::{condition, selector};
use crate::components::hidden;
use crate::draft::RulePosition;
use crate::draft::form::RuleForm;

/// Renders the form of a rule. A change within the form updates the preview and the errors but not the fields. A button reloads
/// the whole editor, so it does not inherit the list of updated elements.
pub(super) fn rule(view: &FeatureView<'_>, place: RulePosition, form: &RuleForm) -> Markup {
    html! {
        li.rule.open {
            span.n { @match place { RulePosition::Rule(index) => (index + 1), RulePosition::Otherwise => "–" } }
            div.stack data-form hx-post="feature" hx-trigger="change delay:250ms, visited delay:250ms" hx-include="#draft" hx-target="#preview" hx-select="#preview" hx-select-oob=(pieces(form))
                hx-swap="outerHTML show:none" hx-sync="this:replace" hx-disinherit="hx-select-oob" {
                input #visited type="hidden" name="r.visited" value=(form.visited.join(" "));
                @match place {
                    RulePosition::Rule(_) if is_named_conditions(form) => {
                        (hidden("r.name", &form.name))
                        (condition::fields(view, form))
                    }
                    RulePosition::Rule(_) => {
                        label.f { "Rule name"
                            input #r-name name="r.name" value=(form.name) autocomplete="off" maxlength="200"
                                autofocus[view.focuses("r-name")] aria-describedby="wrong-r-name" aria-invalid=[form.problem("r.name").map(|_| "true")];
                        }
                        (problem(form, "r.name"))
                        (condition::fields(view, form))
                    }
                    RulePosition::Otherwise => h3 { "Everyone else" },
                }
                (selector::fields(view, form))
                div.row {
                    (step(view, "close", "close", "Done", "btn main", ""))
                    @match place {
                        RulePosition::Rule(index) => {
                            @let text = if form.selector.gate.is_some() { "Remove all conditions" } else { "Remove rule" };
                            (step(view, &format!("remove:{index}"), "remove", text, "btn stop", ""))
                        }
                        RulePosition::Otherwise if view.draft.state.otherwise.is_some() && !view.declaration().flag => {
                            (step(view, "default", "default", "Reset to the default", "btn", ""))
                        }
                        RulePosition::Otherwise => {}
                    }
                    span #form-state {
                        @if form.first_problem().is_some() { span.bad role="alert" { "Fix the errors above." } }
                        @else if !form.problems.is_empty() { span.quiet { "Fill in the empty fields." } }
                    }
                }
            }
        }
    }
}

/// Returns `true` for the conditions of a flag, which programs find by this name, so it cannot be changed.
fn is_named_conditions(form: &RuleForm) -> bool {
    form.selector.gate.is_some() && form.name == CONDITIONS && form.problem("r.name").is_none()
}

/// The elements that a change updates: the preview and the field errors.
fn pieces(form: &RuleForm) -> String {
    let rows = (0..form.condition.rows.len()).flat_map(|index| [format!("r.c{index}"), format!("r.c{index}.name")]);
    let weights = form.selector.weights.iter().flat_map(|(name, _)| [format!("r.w.{name}"), format!("r.f.{name}")]);
    let others =
        ["r.name", "r.static", "r.by", "r.attribute", "r.rest", "r.share", "r.start", "r.duration"].map(str::to_owned);
    let wrong = others.into_iter().chain(rows).chain(weights).map(|field| format!("#wrong-{}", form.element(&field)));
    ["#editing", "#publishing", "#form-state"].map(str::to_owned).into_iter().chain(wrong).collect::<Vec<_>>().join(",")
}
