//! The parts of the confirmation page of new client data: its editor, and both sides of a conflict.

use std::time::SystemTime;

use feats::model::{State, Timestamp};
use feats::{Dynamic, FeatureHandle};
use maud::{Markup, html};

use crate::components::{Sides, address, sides};
use crate::failure::Failure;
use crate::preview::client_data::{MergedClientData, merge};
use crate::preview::{ChangeForm, FlagOperation, Operation};

/// The number of lines of the editor.
const LINES: &str = "14";

/// Moves new client data that is based on an older version to the newest one, key by key. Text that is not a JSON object keeps its
/// base until it is corrected.
///
/// # Errors
/// The version that the user saw cannot be read.
pub(super) async fn rebase(form: &mut ChangeForm) -> Result<Option<MergedClientData>, Failure> {
    let newest = form.feature.version();
    let Operation::Flag(FlagOperation::ReplaceClientData(text)) = &mut form.operation else { return Ok(None) };
    if form.base >= newest {
        return Ok(None);
    }
    let base = match form.base {
        0 => State::default(),
        version => form.feature.revision_at(version).await?.state(),
    };
    let Ok(merged) = merge(base, &form.feature.state(), text) else { return Ok(None) };
    text.clone_from(&merged.text);
    form.base = newest;
    Ok(Some(merged))
}

/// Renders both sides of a conflict. The editor below has the merged data.
pub(super) fn conflict(feature: &FeatureHandle<Dynamic>, seen: u64, merged: &MergedClientData) -> Markup {
    let theirs = address("compare", &[("name", feature.name()), ("from", &seen.to_string())]);
    html! {
        section.card.conflict aria-labelledby="conflict" role="alert" {
            header { h2 #conflict { "Another version was published" } span.tag.warn { "not published" } }
            div.in {
                (sides(
                    feature.declaration(),
                    &Sides { base: &merged.base, theirs: &feature.state(), mine: &merged.mine },
                    Timestamp::from(SystemTime::now()),
                    &theirs,
                ))
                p { "Your changes are now based on version " (feature.version()) "." }
                @if !merged.conflicts.is_empty() {
                    p.bad { "Both of you changed " b { (merged.conflicts.join(", ")) } ". Yours is kept; review it." }
                }
            }
        }
    }
}

/// Renders the editor, which belongs to the form that publishes.
pub(super) fn editor(text: &str) -> Markup {
    html! {
        section.card aria-labelledby="data" {
            header { h2 #data { "Client data" } span.quiet { "the whole JSON object" } }
            div.in.stack {
                textarea #client-data name="data" form="propose" rows=(LINES) aria-labelledby="data" spellcheck="false" { (text) }
                div.row { button.btn form="propose" formaction="preview" { "Preview again" } }
            }
        }
    }
}
