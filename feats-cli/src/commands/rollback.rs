//! `feats rollback`: restores an earlier version.

use crate::args::{Publishing, Rollback};
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::proposal;

pub(super) async fn run(context: &Context, arguments: &Rollback) -> Result<Exit> {
    let feature = context.feature_with_history(&arguments.feature)?;
    // A rollback undoes a reshuffle, so it needs no confirmation.
    let publishing = Publishing { allow_reshuffle: true, ..arguments.publishing.clone() };
    let published = proposal::publish(context, &feature, feature.rollback_to(arguments.to), &publishing).await;
    published.map_err(|failure| {
        let has_no_flag = failure.problems().iter().any(|problem| problem.path() == "flag");
        match feature.declaration().flag && has_no_flag {
            true => failure.hint(format!("`{}` removes it", context.command(&["flag", "destroy", feature.name()]))),
            false => failure,
        }
    })
}
