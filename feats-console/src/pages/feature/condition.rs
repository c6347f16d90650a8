//! The fields of a condition, one row per predicate.

use feats::model::{ApplicableSegment, Source, ValueKind};
use maud::{Markup, html};

use super::controls::{problem, step};
use super::view::FeatureView;
use crate::components::hidden;
use crate::draft::form::{OperandKind, OperatorField, Row, RuleForm, source};

pub(super) fn fields(view: &FeatureView<'_>, form: &RuleForm) -> Markup {
    let condition = &form.condition;
    html! {
        fieldset {
            legend { "Condition" }
            @if condition.rows.is_empty() { p.quiet { "Everyone not matched above." } }
            @if condition.rows.len() > 1 {
                p.row {
                    label.check { input type="radio" name="r.match" value="all" checked[!condition.any]; "Match all" }
                    label.check { input type="radio" name="r.match" value="any" checked[condition.any]; "Match any" }
                }
            } @else { (hidden("r.match", if condition.any { "any" } else { "all" })) }
            ul.checks {
                @for (index, row) in condition.rows.iter().enumerate() {
                    li {
                        @match row {
                            Row::Check { source, operator, texts } => (check(view, index, source, *operator, texts)),
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
        select #{ "c" (index) "-op" } name={ "r.c" (index) ".op" } aria-label={ "Condition " (index + 1) ": operator" }
            hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" {
            @for option in OperatorField::for_kind(kind) {
                option value=(option.name) selected[option == operator] { (option.label) }
            }
            @if !OperatorField::for_kind(kind).any(|option| option == operator) {
                option value=(operator.name) selected { (operator.label) " (not for this type)" }
            }
        }
        (operand(view, index, kind, applicable, operator, texts))
    }
}

/// Renders the operand: a choice if the segment has options, else a field of its type.
fn operand(
    view: &FeatureView<'_>,
    index: usize,
    kind: ValueKind,
    applicable: Option<&ApplicableSegment>,
    operator: OperatorField,
    texts: &[String],
) -> Markup {
    let (id, name) = (format!("c{index}-v"), format!("r.c{index}.v"));
    let (has_focus, error_id) = (view.focuses(&id), format!("wrong-{id}"));
    let label = format!("Condition {}: value", index + 1);
    let options = applicable.map(|applicable| applicable.options.as_slice()).filter(|options| !options.is_empty());
    let has = |option: &str| texts.iter().any(|text| text == option);
    let first = texts.first().map(String::as_str).unwrap_or_default();
    html! {
        @match (operator.operand, options) {
            (OperandKind::Values, Some(options)) => {
                div.options role="group" aria-label=(label) {
                    @for (place, option) in options.iter().enumerate() {
                        label.check {
                            input id=[(place == 0).then_some(&id)] type="checkbox" name=(name) value=(option) checked[has(option)]
                                autofocus[has_focus && place == 0] aria-describedby=(error_id) data-operand;
                            (option)
                        }
                    }
                    @for other in texts.iter().filter(|text| options.iter().all(|option| **option != ***text)) {
                        label.check { input type="checkbox" name=(name) value=(other) checked; (other) " (no longer an option)" }
                    }
                }
            }
            (OperandKind::Value, Some(options)) => select #(id) name=(name) aria-label=(label) {
                @for option in options { option value=(option) selected[has(option)] { (option) } }
                @if !first.is_empty() && options.iter().all(|option| **option != *first) {
                    option value=(first) selected { (first) " (no longer an option)" }
                }
            },
            (OperandKind::Value, None) if kind == ValueKind::Bool => select #(id) name=(name) aria-label=(label) {
                option value="true" selected[first == "true"] { "yes" }
                option value="false" selected[first == "false"] { "no" }
            },
            (OperandKind::Values, None) => label.f.grow { span.quiet { "One per line" }
                textarea #(id) name=(name) aria-label=(label) autofocus[has_focus] aria-describedby=(error_id) data-operand rows=(texts.len().clamp(1, 8)) { (texts.join("\n")) }
            },
            (OperandKind::Value | OperandKind::Text, _) => {
                input #(id) name=(name) value=(first) aria-label=(label) autocomplete="off" autofocus[has_focus] aria-describedby=(error_id) data-operand
                    inputmode=[matches!(kind, ValueKind::Integer | ValueKind::Float).then_some("decimal")];
            }
        }
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
