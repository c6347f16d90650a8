//! Somebody published while this draft was being edited: both sides, and the ways on.

use feats::describe::first_differences;
use feats::model::State;
use maud::{Markup, html};

use super::view::FeatureView;
use crate::components::{MAX_DIFFERENCES, address, differences as drawn, when};
use crate::failure::describe;

pub(super) async fn card(view: &FeatureView<'_>) -> Markup {
    let base = match view.draft.base {
        0 => Ok(State::default()),
        version => view.feature.revision_at(version).await.map(|revision| revision.state()),
    };
    let revision = view.feature.revision();
    let newest = view.feature.version();
    let (from, to) = (view.draft.base.to_string(), newest.to_string());
    let theirs = address("compare", &[("name", view.feature.name()), ("from", &from), ("to", &to)]);
    html! {
        section.card.conflict aria-labelledby="conflict" role="alert" {
            header { h2 #conflict { "Somebody published while you were editing" } span.tag.warn { "nothing was written" } }
            div.in {
                @if let Some(revision) = &revision {
                    p {
                        "Version " (newest) " by " b { (revision.author()) } ", " (when(revision.time()))
                        @if !revision.comment().is_empty() { ": “" (revision.comment()) "”" }
                        ". Your draft is on version " (view.draft.base) " and is kept."
                    }
                }
                @match &base {
                    Ok(base) => div.two {
                        div { h3 { "What they changed" } (drawn(view.feature.declaration(), &first_differences(base, &view.live, view.now, MAX_DIFFERENCES), Some(&theirs))) }
                        div { h3 { "What you are changing" } (drawn(view.feature.declaration(), &first_differences(base, &view.draft.state, view.now, MAX_DIFFERENCES), None)) }
                    },
                    Err(error) => p.bad { "What it was begun on cannot be shown. " (describe(error)) },
                }
                p.row.ways {
                    (merge(newest))
                    a.btn href=(address("feature", &[("name", view.feature.name())])) data-discard { "Discard mine" }
                }
            }
        }
    }
}

/// A step of the draft like others, but it stands outside of the draft's form.
fn merge(newest: u64) -> Markup {
    html! {
        button #merge .btn.main form="draft" name="do" value="merge" hx-post="feature" hx-include="#draft" hx-target="#editor"
            hx-select="#editor" hx-swap="outerHTML show:none" { "Put my changes on version " (newest) }
    }
}
