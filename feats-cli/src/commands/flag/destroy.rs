//! `feats flag destroy`: removes a flag, after a confirmation. Its history is kept.

use feats::text::quoted;
use feats::{Error, ErrorKind};

use super::publish::propose;
use crate::args::FlagDestroy;
use crate::confirm::confirm;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::Render;

pub(super) async fn run(context: &Context, arguments: &FlagDestroy) -> Result<Exit> {
    let (flag, publishing) = (context.flag(&arguments.flag)?, &arguments.publishing);
    let proposal = propose(context, &flag, flag.destroy(), publishing).await?;
    if !arguments.yes && !publishing.dry_run {
        let refusal = || {
            let error = Error::new(ErrorKind::NeedsConfirmation, "this destroys the flag; nothing was written");
            let archive = context.command(&["flag", "archive", flag.name()]);
            let hint = format!("confirm with --yes; `{archive}` disables it and keeps it restorable");
            Failure::from(error.with_feature(flag.name())).hint(hint)
        };
        let question = format!("Destroy {}? Its history is kept.", quoted(flag.name()));
        confirm(context.output, |page| proposal.preview().write(page), &question, refusal)?;
    }
    proposal.finish(context, publishing).await
}
