//! The fields of a check of an attribute that no code declares: its name, an operator, and the type of its values.

use feats::model::{Source, ValueKind};
use maud::{Markup, html};

use super::comparison::{operand, operators};
use super::view::FeatureView;
use crate::components::hidden;
use crate::draft::form::{OperandKind, OperatorField, ValueType, source};

/// The id of the suggested names.
pub(super) const NAMES: &str = "attribute-names";

/// Renders the name of the attribute.
pub(super) fn name(view: &FeatureView<'_>, index: usize, chosen: &Source) -> Markup {
    let id = format!("c{index}-source");
    html! {
        div.name {
            (owner(view, index, chosen))
            input #(id) name={ "r.c" (index) ".name" } value=(source::name(chosen)) list=(NAMES) autocomplete="off" autocapitalize="none" spellcheck="false"
                maxlength="200" placeholder="attribute" aria-label={ "Condition " (index + 1) ": attribute" } autofocus[view.focuses(&id)]
                aria-describedby={ "wrong-" (id) } data-operand;
        }
    }
}

/// Renders the operator, and the value with its type.
pub(super) fn comparison(
    view: &FeatureView<'_>,
    index: usize,
    operator: OperatorField,
    value_type: ValueType,
    texts: &[String],
) -> Markup {
    let kind = value_type.kind().unwrap_or(ValueKind::Text);
    let is_offered = |option: &ValueType| *option != ValueType::Automatic || value_type == *option;
    html! {
        (operators(index, value_type.kind(), operator))
        @if operator.operand == OperandKind::Text { (hidden(&format!("r.c{index}.type"), ValueType::Text.as_str())) }
        @else {
            select #{ "c" (index) "-type" } name={ "r.c" (index) ".type" } aria-label={ "Condition " (index + 1) ": type of the value" }
                hx-post="feature" hx-trigger="change" hx-include="#draft" hx-target="#editor" hx-select="#editor" hx-swap="outerHTML show:none" {
                @for option in ValueType::ALL.into_iter().filter(is_offered) {
                    option value=(option.as_str()) selected[option == value_type] { (option.label()) }
                }
            }
        }
        (operand(view, index, kind, None, operator, texts))
    }
}

/// Renders a choice between the attributes of subjects and those of the program, if the program has any.
fn owner(view: &FeatureView<'_>, index: usize, chosen: &Source) -> Markup {
    let is_program = matches!(chosen, Source::Attribute { .. });
    html! {
        @if is_program || !view.attributes.is_empty() {
            select name={ "r.c" (index) ".of" } aria-label={ "Condition " (index + 1) ": whose attribute" } {
                option value="" selected[!is_program] { "user" }
                option value=(source::PROGRAM) selected[is_program] { "program" }
            }
        }
    }
}

/// Renders the suggested names: those that the flag uses already.
pub(super) fn suggestions(view: &FeatureView<'_>) -> Markup {
    let in_use = view.draft.state.kinds_in_use();
    html! {
        datalist #(NAMES) {
            @for name in in_use.keys() { option value=(name) {} }
            @for name in view.attributes.iter().filter(|name| !in_use.contains_key(name.as_str())) { option value=(name) { (name) " (program)" } }
        }
    }
}
