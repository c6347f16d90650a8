//! The comparison of two versions of a feature: as a list of differences and as JSON side by side.

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
use crate::components::{MAX_DIFFERENCES, address, differences, feature_name, hidden, isolated, rollback_button, when};
use crate::failure::Failure;
use crate::layout::{Section, page as layout};
use crate::request_context::RequestContext;

/// The query parameters. Version 0 is the state before anything was published.
#[derive(Deserialize)]
pub(crate) struct PageQuery {
    name: String,
    /// The version before `to` if absent.
    from: Option<u64>,
    /// The newest version if absent.
    to: Option<u64>,
    /// The first row of the side-by-side JSON.
    line: Option<usize>,
}

pub(crate) async fn page(
    context: RequestContext,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Failure> {
    let Query(query) = query?;
    let feature = context.feature_with_past(&query.name, Action::View)?;
    let newest = feature.version();
    let to = query.to.unwrap_or(newest);
    let from = query.from.unwrap_or(to.saturating_sub(1));
    let (from, to) = (Version::load(&feature, from).await?, Version::load(&feature, to).await?);
    let title = format!("{}: version {} to {}", feature.name(), from.number, to.number);
    let may_roll_back = context.may_roll_back(&feature);
    let content = html! {
        div.head {
            div {
                h1 { "Version " (from.number) " to " (to.number) }
                p {
                    (feature_name(&feature)) " · "
                    a href=(address("history", &[("name", feature.name())])) { "History" }
                }
            }
            div.acts {
                a.btn href=(comparison(feature.name(), to.number, from.number)) { "Swap" }
                @if may_roll_back && to.number != newest { (rollback_button(feature.name(), newest, to.number)) }
            }
        }
        (choice(feature.name(), from.number, to.number, newest))
        section.card {
            header { h2 { "Differences" } }
            div.in { (in_words(&feature, &from, &to)) }
        }
        h2.over { "JSON" }
        (columns([from.title(newest), to.title(newest)], &lines(from.json()), &lines(to.json()), query.line.unwrap_or(0), |line| {
            let (from, to, line) = (from.number.to_string(), to.number.to_string(), line.to_string());
            address("compare", &[("name", feature.name()), ("from", &from), ("to", &to), ("line", &line)])
        }))
    };
    Ok(layout(&context, Section::Features, &title, content).into_response())
}

/// One side of the comparison.
struct Version {
    number: u64,
    /// `None` for version 0.
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
                "Version " (self.number) " "
                @if self.number == newest { span.tag.ok { "newest" } }
            }
            @match &self.revision {
                None => span.quiet { "Before the first version: everyone got the default." },
                Some(revision) => {
                    @if !revision.comment().is_empty() { (isolated(revision.comment())) br; }
                    span.quiet {
                        (isolated(revision.author())) ", " (when(revision.time()))
                        @if revision.is_removed() { ". State removed: everyone got the default." }
                    }
                }
            }
        }
    }
}

/// Renders the form that selects the versions.
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
            (version("From version", "from", from))
            (version("To version", "to", to))
            button.btn { "Compare" }
        }
    }
}

fn in_words(feature: &FeatureHandle<Dynamic>, from: &Version, to: &Version) -> Markup {
    let differs =
        describe::first_differences(&from.state(), &to.state(), Timestamp::from(SystemTime::now()), MAX_DIFFERENCES);
    html! {
        @if differs.total == 0 {
            p { "No change." }
        } @else {
            (differences(feature.declaration(), &differs, None))
        }
    }
}

/// Returns the address of a comparison.
fn comparison(name: &str, from: u64, to: u64) -> String {
    address("compare", &[("name", name), ("from", &from.to_string()), ("to", &to.to_string())])
}
