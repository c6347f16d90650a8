//! The form for a subject.

use feats::model::{State, ValueKind};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

use super::subject::{Field, Subject};
use super::suggestions::Suggestions;
use crate::components::hidden;

/// Renders a field for each segment of the feature, with the entered values.
pub(super) fn form(feature: &FeatureHandle<Dynamic>, state: &State, subject: &Subject) -> Markup {
    html! {
        form.in.stack action="explain" method="get" {
            (hidden("name", feature.name()))
            @if subject.fields.is_empty() {
                p.quiet { @if feature.declaration().flag { "No attributes in use" } @else { "No segments" } ": everyone gets the same." }
            }
            (fields(state, subject))
            button.btn.main { "Explain" }
            @if subject.fields.iter().any(|field| field.segment.kind == ValueKind::Text) {
                p.quiet { "Empty fields are not set. " code { "\"\"" } " is an empty text." }
            }
            @if subject.fields.iter().any(|field| field.is_untyped) {
                p.quiet { "A number is taken as a number unless it is in quotes: " code { "42" } ", " code { "\"42\"" } "." }
            }
        }
    }
}

/// Renders only the fields, for use in another form.
pub(super) fn fields(state: &State, subject: &Subject) -> Markup {
    let suggestions = Suggestions::from_state(state);
    html! { @for (index, field) in subject.fields.iter().enumerate() { (one(field, index, &suggestions)) } }
}

fn one(field: &Field, index: usize, suggestions: &Suggestions) -> Markup {
    let error = field.error();
    let (id, error_id) = (format!("segment-{index}"), format!("segment-{index}-bad"));
    html! {
        div.f {
            label for=(id) { (field.segment.segment) @if let Some(input) = &field.segment.input { " of " (input) } }
            @match field.segment.kind {
                ValueKind::Bool => select id=(id) name=(field.parameter())
                    aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| &error_id)] {
                    option value="" { "not set" }
                    @for (value, label) in [("true", "yes"), ("false", "no")] { option value=(value) selected[field.text == value] { (label) } }
                },
                kind => {
                    input type="text" id=(id) name=(field.parameter()) value=(field.text) autocomplete="off"
                        placeholder="not set" inputmode=[keyboard(kind)] list={ (id) "-values" }
                        aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| &error_id)];
                    datalist id={ (id) "-values" } {
                        @for option in &field.segment.options { option value=(option) {} }
                        @for value in suggestions.for_segment(&field.segment) { option value=(value) {} }
                    }
                }
            }
            @if let Some(error) = &error { span.bad id=(error_id) { (error) } }
        }
    }
}

fn keyboard(kind: ValueKind) -> Option<&'static str> {
    match kind {
        ValueKind::Integer => Some("numeric"),
        ValueKind::Float => Some("decimal"),
        ValueKind::Text | ValueKind::Bool => None,
    }
}
