//! The explain page: the implementation that a user gets, and the steps of the decision.

mod form;
mod path;
mod slots;
mod subject;
mod suggestions;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::model::{Attributes, State};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

pub(crate) use self::subject::Subject;
use crate::access::Action;
use crate::components::{address, feature_link};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The query parameters in order: the name of a feature, and values for its segments.
type PageQuery = Vec<(String, String)>;

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(parameters) = query?;
    let content = match parameters.iter().rev().find(|(parameter, name)| parameter == "name" && !name.is_empty()) {
        None => feature_form(&context),
        Some((_, name)) => explained(&context, &context.feature(name, Action::View)?, &parameters),
    };
    Ok(layout(&context, Section::Explain, "Explain", content).into_response())
}

/// Renders the form for a subject, with the entered values. It leads to this page.
pub(crate) fn subject_form(feature: &FeatureHandle<Dynamic>, state: &State, parameters: &[(String, String)]) -> Markup {
    form::form(feature, state, &Subject::parse(feature.declaration(), state, parameters))
}

/// Renders the fields of a subject, as part of another form.
pub(crate) fn fields(state: &State, subject: &Subject) -> Markup {
    form::fields(state, subject)
}

fn explained(context: &RequestContext, feature: &FeatureHandle<Dynamic>, parameters: &[(String, String)]) -> Markup {
    let state = feature.state();
    let subject = Subject::parse(feature.declaration(), &state, parameters);
    let attributes = subject.attributes();
    // Anonymous users would share their recent subjects.
    if let Some(actor) = context.actor.name().filter(|_| attributes.is_some() && subject.has_values()) {
        context.console.recent.record(actor, feature.name(), subject.link(feature.name()), subject.to_string());
    }
    html! {
        div.head {
            div {
                h1 { "Explain" }
                p { "What a user gets from " (feature_link(feature.name())) ", and why. Nothing is recorded." }
            }
            div.acts { a.btn.ghost href="explain" { "Another feature" } }
        }
        div.asking {
            section.card.ask {
                header { h2 { "User" } }
                (subject_form(feature, &state, parameters))
            }
            div.answer {
                @match attributes {
                    Some(attributes) if subject.is_submitted => (path::answer(feature, &state, &attributes)),
                    Some(_) => section.card {
                        div.empty { b { "Who?" } "Enter the user's attributes. Empty fields are not set." }
                    },
                    None => div.note.stop role="alert" { "Fix the invalid values in the form." },
                }
                @for unknown in &subject.unknown {
                    div.note { b { (unknown) } " was ignored: this feature has no such segment." }
                }
            }
            aside.more {
                @if let Some(actor) = context.actor.name() { (recent_subjects(&context.console.recent.subjects(actor, feature.name()))) }
                (program(context.app().program_attributes()))
            }
        }
    }
}

fn feature_form(context: &RequestContext) -> Markup {
    let declarations = context.declarations();
    let names: Vec<&str> = declarations.iter().map(|feature| &*feature.name).collect();
    html! {
        div.head { div { h1 { "Explain" } p { "What a user gets from a feature, and why." } } }
        @if names.is_empty() {
            section.card { div.empty { b { "No features" } "No program that uses this store declares a feature that you have access to." } }
        } @else {
            form.tools action="explain" method="get" {
                label.f { "Feature" input type="search" name="name" list="names" required autocomplete="off"; }
                datalist id="names" { @for name in &names { option value=(name) {} } }
                button.btn.main { "Next" }
            }
            @let recent: Vec<_> = context.actor.name().map(|actor| context.console.recent.features(actor)).unwrap_or_default().into_iter().filter(|name| names.contains(&name.as_str())).collect();
            @if !recent.is_empty() {
                section.card {
                    header { h2 { "Recent" } }
                    div.in {
                        ul.facts {
                            @for name in &recent { li { a href=(address("explain", &[("name", name)])) { (name) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Renders the recent subjects.
fn recent_subjects(subjects: &[(String, String)]) -> Markup {
    html! {
        @if !subjects.is_empty() {
            section.card {
                header { h2 { "Recent" } }
                div.in { ul.facts { @for (link, text) in subjects { li { a href=(link) { (text) } } } } }
            }
        }
    }
}

/// Renders the attributes of this program.
fn program(attributes: &Attributes<'_>) -> Markup {
    html! {
        @if attributes.iter().next().is_some() {
            section.card {
                header { h2 { "This program" } }
                div.in {
                    ul.facts { @for (name, value) in attributes.iter() { li { b.seg { (name) } " is " span.val { (value) } } } }
                }
            }
        }
    }
}
