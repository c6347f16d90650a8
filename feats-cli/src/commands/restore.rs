//! `feats restore`: restores versions that the store has lost from the fallback file of a program.

use std::time::SystemTime;

use feats::text::counted;
use feats::{Error, ErrorKind, RestoreBuilder, RestoreOutcome, RestoreReport, RestoredFeature, Timestamp};
use serde::Serialize;

use crate::args::Restore;
use crate::confirm;
use crate::context::{Context, user};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render, ago};

pub(super) async fn run(context: &Context, arguments: &Restore) -> Result<Exit> {
    let mut restore = context.app.restore(&arguments.file);
    if let Some(author) = arguments.author.clone().or_else(user) {
        restore = restore.author(author);
    }
    if arguments.overwrite {
        restore = restore.overwrite();
    }
    let report = if arguments.dry_run {
        restore.preview().await?
    } else {
        if !arguments.yes {
            confirm(context, &restore).await?;
        }
        restore.publish().await?
    };
    context.output.show(&RestoreSummary::new(&report, arguments.dry_run))?;
    let is_complete = report.failed().next().is_none() && report.damaged == 0;
    Ok(if is_complete { Exit::Success } else { Exit::Negative })
}

/// Shows the user what would be restored, and asks for confirmation.
async fn confirm(context: &Context, restore: &RestoreBuilder) -> Result<()> {
    let preview = RestoreSummary::new(&restore.preview().await?, true);
    let count = preview.features.iter().filter(|row| row.outcome == "restored").count();
    if count == 0 {
        return Ok(());
    }
    let refusal = || {
        let message = format!("this would restore {}; nothing was written", counted(count, "feature"));
        let error = Error::new(ErrorKind::NeedsConfirmation, message);
        Failure::from(error).hint("confirm with --yes; --dry-run shows what would be restored")
    };
    confirm::confirm(context.output, |page| preview.write(page), "Restore these features?", refusal)
}

#[derive(Serialize)]
struct RestoreSummary {
    /// `true` if nothing was written.
    dry_run: bool,
    features: Vec<Row>,
    /// The number of damaged lines in the file.
    damaged: usize,
}

#[derive(Serialize)]
struct Row {
    feature: String,
    /// `restored`, `up_to_date`, `written_since` or `failed`.
    outcome: &'static str,
    /// The version in the file.
    from: u64,
    /// The time at which that version was published.
    time: Timestamp,
    /// The version in the store; 0 if there is none.
    stored: u64,
    /// The new version; `null` if nothing was restored.
    version: Option<u64>,
    /// The reason why it could not be restored.
    error: Option<String>,
}

impl RestoreSummary {
    fn new(report: &RestoreReport, dry_run: bool) -> Self {
        let features = report.features.iter().map(Row::from).collect();
        Self { dry_run, features, damaged: report.damaged }
    }
}

impl From<&RestoredFeature> for Row {
    fn from(restored: &RestoredFeature) -> Self {
        let (outcome, version, error) = match &restored.outcome {
            RestoreOutcome::Restored(version) => ("restored", Some(*version), None),
            RestoreOutcome::UpToDate => ("up_to_date", None, None),
            RestoreOutcome::WrittenSince => ("written_since", None, None),
            RestoreOutcome::Failed(error) => ("failed", None, Some(error.report().to_string())),
        };
        let (feature, from, time) = (restored.feature.clone(), restored.version, restored.time);
        Self { feature, outcome, from, time, stored: restored.stored, version, error }
    }
}

impl Row {
    /// Returns the outcome for people.
    fn describe(&self, dry_run: bool) -> String {
        let version = self.version.unwrap_or_default();
        match self.outcome {
            "restored" if dry_run => format!("would be restored as version {version}"),
            "restored" => format!("restored as version {version}"),
            "up_to_date" => "up to date".to_owned(),
            "written_since" => {
                format!("skipped: version {} was published after the loss; --overwrite replaces it", self.stored)
            }
            _ => format!("failed: {}", self.error.as_deref().unwrap_or_default()),
        }
    }
}

impl Render for RestoreSummary {
    fn write(&self, page: &mut Page) {
        if self.features.is_empty() {
            page.line("nothing to restore: the file has no versions");
        }
        let now = Timestamp::from(SystemTime::now());
        let rows = self.features.iter().map(|row| {
            let stored = if row.stored == 0 { "-".to_owned() } else { row.stored.to_string() };
            [row.feature.clone(), row.from.to_string(), ago(row.time, now), stored, row.describe(self.dry_run)]
        });
        page.table(["FEATURE", "VERSION IN FILE", "PUBLISHED", "VERSION IN STORE", "RESULT"], rows);
        if self.damaged > 0 {
            page.line(format_args!("warning: skipped {} of the file", counted(self.damaged, "damaged line")));
        }
    }
}
