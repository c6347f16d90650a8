//! Two revisions of a feature compared: in words, and as JSON side by side.

mod columns;
mod lines;

use std::time::SystemTime;

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::{IntoResponse, Response};
use feats::model::{Revision, State, Timestamp};
use feats::{Dynamic, FeatureHandle, describe};
use maud::{Markup, html};
use serde::Deserialize;
use serde_json::Value as Json;

use self::columns::columns;
use self::lines::lines;
use crate::access::Action;
use crate::components::{MAX_DIFFERENCES, address, differences, feature_link, hidden, isolated, rollback_button, when};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// Which two versions of what. 0 is before anything was published.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    name: String,
    /// The one before `to` if not said.
    from: Option<u64>,
    /// The newest one if not said.
    to: Option<u64>,
    /// The first line of the JSON that is shown, of those that differ or stand around them.
    line: Option<usize>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query?;
    let feature = context.feature(&query.name, Action::View)?;
    let newest = feature.version();
    let to = query.to.unwrap_or(newest);
    let from = query.from.unwrap_or(to.saturating_sub(1));
    let (from, to) = (Version::load(&feature, from).await?, Version::load(&feature, to).await?);
    let title = format!("{} and {} of {}", from.number, to.number, feature.name());
    let may_publish = context.may(Action::Publish, Some(feature.name()));
    let content = html! {
        div.head {
            div {
                h1 { "From " (from.number) " to " (to.number) }
                p {
                    (feature_link(feature.name())) ". What would have to change in one revision to make the other. "
                    a href=(address("history", &[("name", feature.name())])) { "History" }
                }
            }
            div.acts {
                a.btn href=(comparison(feature.name(), to.number, from.number)) { "Swap" }
                @if may_publish && to.number != newest { (rollback_button(feature.name(), newest, to.number)) }
            }
        }
        (choice(feature.name(), from.number, to.number, newest))
        section.card {
            header { h2 { "In words" } }
            div.in { (in_words(&feature, &from, &to)) }
        }
        h2.over { "As JSON" }
        (columns([from.title(newest), to.title(newest)], &lines(from.json()), &lines(to.json()), query.line.unwrap_or(0), |line| {
            let (from, to, line) = (from.number.to_string(), to.number.to_string(), line.to_string());
            address("compare", &[("name", feature.name()), ("from", &from), ("to", &to), ("line", &line)])
        }))
    };
    Ok(layout(&context, Section::Features, &title, content).into_response())
}

/// One side.
struct Version {
    number: u64,
    /// `None` before anything was published.
    revision: Option<Revision>,
}

impl Version {
    async fn load(feature: &FeatureHandle<Dynamic>, number: u64) -> Result<Self, Failure> {
        let revision = match number {
            0 => None,
            number => Some(feature.revision_at(number).await?),
        };
        Ok(Self { number, revision })
    }

    fn json(&self) -> &Json {
        self.revision.as_ref().map_or(&Json::Null, Revision::state_json)
    }

    fn state(&self) -> State {
        match self.json() {
            Json::Null => State::default(),
            json => State::from_json(json),
        }
    }

    fn title(&self, newest: u64) -> Markup {
        html! {
            h3 {
                "Revision " (self.number) " "
                @if self.number == newest { span.tag.ok { "newest" } }
            }
            @match &self.revision {
                None => span.quiet { "Before anything was published: everybody got the default." },
                Some(revision) => {
                    @if !revision.comment().is_empty() { (isolated(revision.comment())) br; }
                    span.quiet {
                        (isolated(revision.author())) ", " (when(revision.time()))
                        @if revision.is_removed() { ". The state was removed: everybody got the default." }
                    }
                }
            }
        }
    }
}

/// Chooses two others.
fn choice(name: &str, from: u64, to: u64, newest: u64) -> Markup {
    let version = |label: &str, parameter: &str, value: u64| {
        html! {
            label.f {
                (label)
                input type="number" name=(parameter) value=(value) min="0" max=(newest) required;
            }
        }
    };
    html! {
        form.tools action="compare" method="get" {
            (hidden("name", name))
            (version("From revision", "from", from))
            (version("to revision", "to", to))
            button.btn { "Compare" }
        }
    }
}

fn in_words(feature: &FeatureHandle<Dynamic>, from: &Version, to: &Version) -> Markup {
    let differs =
        describe::first_differences(&from.state(), &to.state(), Timestamp::from(SystemTime::now()), MAX_DIFFERENCES);
    html! {
        @if differs.total == 0 {
            p { "They say the same: nobody gets anything else." }
        } @else {
            (differences(feature.declaration(), &differs, None))
        }
    }
}

/// The address of a comparison.
fn comparison(name: &str, from: u64, to: u64) -> String {
    address("compare", &[("name", name), ("from", &from.to_string()), ("to", &to.to_string())])
}
