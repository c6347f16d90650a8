//! Explain: what a subject gets, and the path that the decision took through the rules.

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

/// The parameters in order: the name of a feature, and values of a subject, of which only the feature knows the names.
type Asked = Vec<(String, String)>;

pub(crate) async fn page(
    context: RequestContext,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Result<Response, Failure> {
    context.require(Action::View, None)?;
    let Query(asked) = asked?;
    let content = match asked.iter().rev().find(|(parameter, name)| parameter == "name" && !name.is_empty()) {
        None => nothing_chosen(&context),
        Some((_, name)) => explained(&context, &context.feature(name, Action::View)?, &asked),
    };
    Ok(layout(&context, Section::Explain, "Explain", content).into_response())
}

/// A form that asks for a subject of a feature, filled with what was asked. The answer is this page, wherever the form is.
pub(crate) fn ask(feature: &FeatureHandle<Dynamic>, state: &State, asked: &[(String, String)]) -> Markup {
    form::form(feature, state, &Subject::read(feature.declaration(), asked))
}

/// The fields that a subject is asked for with, as part of another form.
pub(crate) fn fields(state: &State, subject: &Subject) -> Markup {
    form::fields(state, subject)
}

fn explained(context: &RequestContext, feature: &FeatureHandle<Dynamic>, asked: &[(String, String)]) -> Markup {
    let subject = Subject::read(feature.declaration(), asked);
    let state = feature.state();
    let attributes = subject.attributes();
    // Whoever has no name is many.
    if let Some(actor) = context.actor.name().filter(|_| attributes.is_some() && subject.is_somebody()) {
        context.console.recent.keep(actor, feature.name(), subject.link(feature.name()), subject.to_string());
    }
    html! {
        div.head {
            div {
                h1 { "Explain" }
                p { "What somebody gets from " (feature_link(feature.name())) ", and why. Nothing is recorded." }
            }
            div.acts { a.btn.ghost href="explain" { "Another feature" } }
        }
        div.asking {
            section.card.ask {
                header { h2 { "Somebody" } }
                (ask(feature, &state, asked))
            }
            div.answer {
                @match attributes {
                    Some(attributes) if subject.asked => (path::answer(feature, &state, &attributes)),
                    Some(_) => section.card {
                        div.empty { b { "Whom is it about?" } "Enter what you know. What is left empty has no value." }
                    },
                    None => div.note.stop role="alert" { "Nothing was decided: a value is not of its type. See the form." },
                }
                @for unknown in &subject.unknown {
                    div.note { "Nothing here looks at " b { (unknown) } ", so it was left out." }
                }
            }
            aside.more {
                @if let Some(actor) = context.actor.name() { (lately(&context.console.recent.of(actor, feature.name()))) }
                (program(context.app().program_attributes()))
            }
        }
    }
}

fn nothing_chosen(context: &RequestContext) -> Markup {
    let declarations = context.declarations();
    let names: Vec<&str> = declarations.iter().map(|feature| &*feature.name).collect();
    html! {
        div.head { div { h1 { "Explain" } p { "What somebody gets from a feature, and why." } } }
        @if names.is_empty() {
            section.card { div.empty { b { "There is no feature" } "No program that uses this store declares one that you may see." } }
        } @else {
            form.tools action="explain" method="get" {
                label.f { "Feature" input type="search" name="name" list="names" required autocomplete="off"; }
                datalist id="names" { @for name in &names { option value=(name) {} } }
                button.btn.main { "Go on" }
            }
            @let lately: Vec<_> = context.actor.name().map(|actor| context.console.recent.features(actor)).unwrap_or_default().into_iter().filter(|name| names.contains(&name.as_str())).collect();
            @if !lately.is_empty() {
                section.card {
                    header { h2 { "Explained lately" } }
                    div.in {
                        ul.facts {
                            @for name in &lately { li { a href=(address("explain", &[("name", name)])) { (name) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Who was explained last.
fn lately(subjects: &[(String, String)]) -> Markup {
    html! {
        @if !subjects.is_empty() {
            section.card {
                header { h2 { "Explained lately" } }
                div.in { ul.facts { @for (link, told) in subjects { li { a href=(link) { (told) } } } } }
            }
        }
    }
}

/// What the program that decides says of itself.
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
