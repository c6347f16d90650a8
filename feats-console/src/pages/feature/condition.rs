//! The fields of a condition, one row per predicate.

use feats::model::Source;
use maud::{Markup, html};

use super::comparison::{operand, operators};
use super::controls::{problem, step};
use super::typed_check;
use super::view::FeatureView;
use crate::components::hidden;
use crate::draft::form::{OperatorField, Row, RuleForm, source};

pub(super) fn fields(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let condition = &form.condition;
    let is_gate = form.selector.gate.is_some();
    html! {
        fieldset {
            legend { @if is_gate { "Conditions" } @else { "Condition" } }
            @if is_gate { p.quiet { "All of them must be met." } }
            @else if condition.rows.is_empty() { p.quiet { "Everyone not matched above." } }
            @if condition.rows.len() > 1 && !is_gate {
                p.row {
                    label.check { input type="radio" name="r.match" value="all" checked[!condition.any]; "Match all" }
                    label.check { input type="radio" name="r.match" value="any" checked[condition.any]; "Match any" }
                }
            } @else { (hidden("r.match", if condition.any { "any" } else { "all" })) }
            ul.checks {
                @for (index, row) in condition.rows.iter().enumerate() {
                    li.typed[matches!(row, Row::Check { value_type: Some(_), .. })] {
                        @match row {
                            Row::Check { source, operator, value_type: Some(value_type), texts } => {
                                (typed_check::name(view, index, source))
                                (problem(form, &format!("r.c{index}.name")))
                                (typed_check::comparison(view, index, *operator, *value_type, texts))
                            }
                            Row::Check { source, operator, value_type: None, texts } => (check(view, index, source, *operator, texts)),
                            Row::Nested(json) => (nested(view, index, json)),
                        }
                        (step(view, &format!("check-:{index}"), &format!("check-{index}-remove"), "Remove", "btn ghost small", &format!("Remove condition {}", index + 1)))
                        (problem(form, &format!("r.c{index}")))
                    }
                }
            }
            (step(view, "check+", "check-add", "Add a condition", "btn small", ""))
        }
    }
}

fn check(view: &FeatureView<'_>, index: usize, chosen: &Source, operator: OperatorField, texts: &[String]) -> Markup {
    let declaration = view.declaration();
    let applicable = source::find(declaration, chosen);
    let kind = source::kind(declaration, chosen);
    let is_known = applicable.is_some()
        || matches!(chosen, Source::Attribute { attribute } if view.attributes.contains(attribute));
    html! {
        // Operators depend on the segment, so a change reloads the row.
        select #{ "c" (index) "-source" } name={ "r.c" (index) ".source" } aria-label={ "Condition " (index + 1) ": attribute" } autofocus[view.focuses(&format!("c{index}-source"))]
            hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" {
            @for applicable in declaration.segments.iter() {
                @let option = source::from_segment(applicable);
                option value=(source::key(&option)) selected[option == *chosen] { (source::label(&option)) }
            }
            @for attribute in &view.attributes {
                @let option = Source::Attribute { attribute: attribute.clone() };
                option value=(source::key(&option)) selected[option == *chosen] { (source::label(&option)) }
            }
            @if !is_known { option value=(source::key(chosen)) selected { (source::label(chosen)) " (unknown)" } }
        }
        (operators(index, Some(kind), operator))
        (operand(view, index, kind, applicable, operator, texts))
    }
}

/// Renders a condition that a row cannot represent.
fn nested(view: &FeatureView<'_>, index: usize, json: &str) -> Markup {
    let id = format!("c{index}-v");
    html! {
        label.f.grow { "Condition group (JSON)"
            textarea #(id) name={ "r.c" (index) ".json" } rows="3" spellcheck="false" autofocus[view.focuses(&id)] aria-describedby={ "wrong-" (id) } data-operand { (json) }
        }
    }
}
