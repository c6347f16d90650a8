//! The conflict card: another version was published while this draft was edited. Shows both sides and the ways to resolve it.

use feats::model::State;
use maud::{Markup, html};

use super::view::FeatureView;
use crate::components::{Sides, address, sides, when};
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
            header { h2 #conflict { "Another version was published" } span.tag.warn { "not published" } }
            div.in {
                @if let Some(revision) = &revision {
                    p {
                        "Version " (newest) " by " b { (revision.author()) } ", " (when(revision.time()))
                        @if !revision.comment().is_empty() { ": “" (revision.comment()) "”" }
                        ". Your draft is based on version " (view.draft.base) " and is kept."
                    }
                }
                @match &base {
                    Ok(base) => {
                        (sides(view.declaration(), &Sides { base, theirs: &view.live, mine: &view.draft.state }, view.now, &theirs))
                    }
                    Err(error) => p.bad { "Changes unavailable. " (describe(error)) },
                }
                p.row.ways {
                    (merge(newest))
                    a.btn href=(address("feature", &[("name", view.feature.name())])) data-discard { "Discard my changes" }
                }
            }
        }
    }
}

/// Renders the merge button, which is a step of the draft but is outside of its form.
fn merge(newest: u64) -> Markup {
    html! {
        button #merge .btn.main form="draft" name="do" value="merge" hx-post="feature" hx-include="#draft" hx-target="#editor"
            hx-select="#editor" hx-swap="outerHTML show:none" { "Reapply to version " (newest) }
    }
}
