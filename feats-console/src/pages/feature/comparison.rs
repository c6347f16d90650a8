//! The fields of a comparison: its operator and its operand.

use feats::model::{ApplicableSegment, ValueKind};
use maud::{Markup, html};

use super::view::FeatureView;
use crate::draft::form::{OperandKind, OperatorField};

/// Renders the operators for a type of values; all if it is not known.
pub(super) fn operators(index: usize, kind: Option<ValueKind>, operator: OperatorField) -> Markup {
    let options: Vec<OperatorField> = match kind {
        Some(kind) => OperatorField::for_kind(kind).collect(),
        None => OperatorField::all().collect(),
    };
    html! {
        select #{ "c" (index) "-op" } name={ "r.c" (index) ".op" } aria-label={ "Condition " (index + 1) ": operator" }
            hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" {
            @for option in &options {
                option value=(option.name) selected[*option == operator] { (option.label) }
            }
            @if !options.contains(&operator) {
                option value=(operator.name) selected { (operator.label) " (not for this type)" }
            }
        }
    }
}

/// Renders the operand: a choice if the segment has options, else a field of its type.
pub(super) fn operand(
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
