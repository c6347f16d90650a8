//! A rule that is open: its name, its condition, and how it chooses.

use maud::{Markup, html};

use super::controls::{problem, step};
use super::view::FeatureView;
use super::{condition, selector};
use crate::draft::RulePosition;
use crate::draft::form::RuleForm;

/// A change within the form shows its consequences at once; what is being typed stays untouched. A button within it loads the
/// whole editor anew, so the pieces that a change replaces are none of its own.
pub(super) fn rule(view: &FeatureView<'_>, place: RulePosition, form: &RuleForm) -> Markup {
    html! {
        li.rule.open {
            span.n { @match place { RulePosition::Rule(index) => (index + 1), RulePosition::Otherwise => "–" } }
            div.stack data-form hx-post="feature" hx-trigger="change delay:250ms, visited delay:250ms" hx-include="#draft" hx-target="#preview" hx-select="#preview" hx-select-oob=(pieces(form))
                hx-swap="outerHTML show:none" hx-sync="this:replace" hx-disinherit="hx-select-oob" {
                input #visited type="hidden" name="r.visited" value=(form.visited.join(" "));
                @match place {
                    RulePosition::Rule(_) => {
                        label.f { "Name of the rule"
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
                        RulePosition::Rule(index) => (step(view, &format!("remove:{index}"), "remove", "Remove this rule", "btn stop", "")),
                        RulePosition::Otherwise if view.draft.state.otherwise.is_some() => {
                            (step(view, "default", "default", "Back to the default in the code", "btn", ""))
                        }
                        RulePosition::Otherwise => {}
                    }
                    span #form-state {
                        @if form.first_problem().is_some() { span.bad role="alert" { "Not in the draft yet: fix the errors above." } }
                        @else if !form.problems.is_empty() { span.quiet { "Not in the draft yet: fill in what is empty." } }
                    }
                }
            }
        }
    }
}

/// What a change replaces: what publishing would do, and what is wrong with each field.
fn pieces(form: &RuleForm) -> String {
    let rows = (0..form.condition.rows.len()).map(|index| format!("r.c{index}"));
    let weights = form.selector.weights.iter().map(|(name, _)| format!("r.w.{name}"));
    let others = ["r.name", "r.static", "r.by", "r.rest", "r.share", "r.start", "r.duration"].map(str::to_owned);
    let wrong = others.into_iter().chain(rows).chain(weights).map(|field| format!("#wrong-{}", form.element(&field)));
    ["#editing", "#publishing", "#form-state"].map(str::to_owned).into_iter().chain(wrong).collect::<Vec<_>>().join(",")
}
