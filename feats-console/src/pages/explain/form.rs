//! The form that asks for a subject.

use feats::model::{State, ValueKind};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

use super::subject::{Field, Subject};
use super::suggestions::Suggestions;
use crate::components::hidden;

/// A field for each segment of the feature, filled with what was entered.
pub(super) fn form(feature: &FeatureHandle<Dynamic>, state: &State, subject: &Subject) -> Markup {
    html! {
        form.in.stack action="explain" method="get" {
            (hidden("name", feature.name()))
            @if subject.fields.is_empty() {
                p.quiet { "This feature has no segments, so everybody gets the same." }
            }
            (fields(state, subject))
            button.btn.main { "Explain" }
            @if subject.fields.iter().any(|field| field.segment.kind == ValueKind::Text) {
                p.quiet { "An empty field has no value; " code { "\"\"" } " is the empty text." }
            }
        }
    }
}

/// The fields alone, for a form that asks for more.
pub(super) fn fields(state: &State, subject: &Subject) -> Markup {
    let suggestions = Suggestions::from_state(state);
    html! { @for (index, field) in subject.fields.iter().enumerate() { (one(field, index, &suggestions)) } }
}

fn one(field: &Field, index: usize, suggestions: &Suggestions) -> Markup {
    let error = field.error();
    let (id, error_id) = (format!("segment-{index}"), format!("segment-{index}-bad"));
    html! {
        div.f {
            label for=(id) { (field.segment.segment) @if let Some(of) = &field.segment.input { " of " (of) } }
            @match field.segment.kind {
                ValueKind::Bool => select id=(id) name=(field.parameter())
                    aria-invalid=[error.as_ref().map(|_| "true")] aria-describedby=[error.as_ref().map(|_| &error_id)] {
                    option value="" { "no value" }
                    @for value in ["true", "false"] { option value=(value) selected[field.text == value] { (value) } }
                },
                kind => {
                    input type="text" id=(id) name=(field.parameter()) value=(field.text) autocomplete="off"
                        placeholder="no value" inputmode=[keyboard(kind)] list={ (id) "-values" }
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
