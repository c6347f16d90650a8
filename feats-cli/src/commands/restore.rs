//! `feats restore`: puts back what the store has lost, from a fallback file of a program.

use std::time::SystemTime;

use feats::{Error, ErrorKind, RestoreBuilder as Restoring, RestoreOutcome, RestoreReport, RestoredFeature, Timestamp};
use serde::Serialize;

use crate::args::Restore;
use crate::context::{Context, user};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render, ago};
use crate::proposal::asked;

pub(super) async fn run(context: &Context, arguments: &Restore) -> Result<Exit> {
    let mut restoring = context.app.restore(&arguments.file);
    if let Some(author) = arguments.author.clone().or_else(user) {
        restoring = restoring.author(author);
    }
    if arguments.overwrite {
        restoring = restoring.overwrite();
    }
    let restoration = if arguments.dry_run {
        restoring.preview().await?
    } else {
        if !arguments.yes {
            agree(context, &restoring).await?;
        }
        restoring.publish().await?
    };
    context.output.show(&Shown::of(&restoration, arguments.dry_run))?;
    let whole = restoration.failed().next().is_none() && restoration.damaged == 0;
    Ok(if whole { Exit::Success } else { Exit::No })
}

/// Has the user's consent, who has seen what would be done.
async fn agree(context: &Context, restoring: &Restoring) -> Result<()> {
    let preview = Shown::of(&restoring.preview().await?, true);
    let due = preview.features.iter().filter(|it| it.outcome == "put_back").count();
    if due == 0 {
        return Ok(());
    }
    if context.output.can_ask() {
        context.output.note(|page| preview.write(page));
        return match asked("Put these back? [y/N] ").map_err(Failure::Output)? {
            true => Ok(()),
            false => Err(Error::new(ErrorKind::NeedsConfirmation, "not agreed; nothing was written").into()),
        };
    }
    let features = if due == 1 { "1 feature".to_owned() } else { format!("{due} features") };
    let error = Error::new(ErrorKind::NeedsConfirmation, format!("this puts back {features}; nothing was written"));
    Err(Failure::from(error).hint("agree with --yes; --dry-run shows what would be done"))
}

#[derive(Serialize)]
struct Shown {
    /// Whether nothing was written.
    dry_run: bool,
    features: Vec<Row>,
    /// How many lines of the file are damaged.
    damaged: usize,
}

#[derive(Serialize)]
struct Row {
    feature: String,
    /// `put_back`, `stands`, `written_since` or `failed`.
    outcome: &'static str,
    /// The version that the state had.
    from: u64,
    /// When that was written.
    time: Timestamp,
    /// The version that the store had; 0 if none.
    stored: u64,
    /// The version that it got; `null` if nothing was put back.
    version: Option<u64>,
    /// Why it could not be put back.
    error: Option<String>,
}

impl Shown {
    fn of(restoration: &RestoreReport, dry_run: bool) -> Self {
        let features = restoration.features.iter().map(Row::of).collect();
        Self { dry_run, features, damaged: restoration.damaged }
    }
}

impl Row {
    fn of(restored: &RestoredFeature) -> Self {
        let (outcome, version, error) = match &restored.outcome {
            RestoreOutcome::PutBack(version) => ("put_back", Some(*version), None),
            RestoreOutcome::UpToDate => ("stands", None, None),
            RestoreOutcome::WrittenSince => ("written_since", None, None),
            RestoreOutcome::Failed(error) => ("failed", None, Some(error.report().to_string())),
        };
        let (feature, from, time) = (restored.feature.clone(), restored.version, restored.time);
        Self { feature, outcome, from, time, stored: restored.stored, version, error }
    }

    /// The outcome in words.
    fn told(&self, dry_run: bool) -> String {
        let version = self.version.unwrap_or_default();
        match self.outcome {
            "put_back" if dry_run => format!("would be put back as version {version}"),
            "put_back" => format!("put back as version {version}"),
            "stands" => "stands already".to_owned(),
            "written_since" => format!("left alone: version {} was written since (--overwrite)", self.stored),
            _ => format!("failed: {}", self.error.as_deref().unwrap_or_default()),
        }
    }
}

impl Render for Shown {
    fn write(&self, page: &mut Page) {
        if self.features.is_empty() {
            page.line("there is nothing in this file to put back");
        }
        let now = Timestamp::from(SystemTime::now());
        let rows = self.features.iter().map(|row| {
            let stored = if row.stored == 0 { "-".to_owned() } else { row.stored.to_string() };
            [row.feature.clone(), row.from.to_string(), ago(row.time, now), stored, row.told(self.dry_run)]
        });
        page.table(["FEATURE", "FROM", "WRITTEN", "STORED", "RESULT"], rows);
        if self.damaged > 0 {
            page.line(format_args!("{} damaged lines of the file were left out", self.damaged));
        }
    }
}
