//! `feats copy`: copies a store to another one.

use feats::store::Memory;
use feats::text::counted;
use serde::Serialize;

use crate::args::Copy;
use crate::copy::{self, AssignmentCounts, Copied, CounterCounts};
use crate::exit::Exit;
use crate::failure::Result;
use crate::location::OpenStore;
use crate::output::{Output, Page, Render};

/// The maximum number of differences on a page for people.
const MAX_SHOWN: usize = 20;

pub(crate) async fn run(output: Output, arguments: &Copy) -> Result<Exit> {
    let (source, target) = (arguments.from.open()?, arguments.to.open_or_create()?);
    let copied = copy_between(output, arguments, &source, &target).await;
    source.close().await;
    target.close().await;
    let copied = copied?;
    output.show(&CopySummary::new(arguments, &copied))?;
    let is_complete = copied.differences.count() == 0 && !copied.is_partial && !copied.revisions.is_behind;
    Ok(if is_complete { Exit::Success } else { Exit::Negative })
}

async fn copy_between(output: Output, arguments: &Copy, source: &OpenStore, target: &OpenStore) -> Result<Copied> {
    copy::check_distinct(source.store(), target.store())?;
    // A file is created only once it is certain that something is written to it.
    let empty = Memory::new();
    let existing = if arguments.to.is_missing_file() { &empty } else { target.store() };
    let plan = copy::plan(source.store(), existing, &arguments.except, output).await?;
    let target = if arguments.dry_run { existing } else { target.store() };
    copy::run(source.store(), target, plan, output, arguments.dry_run).await
}

#[derive(Serialize)]
struct CopySummary {
    /// `true` if nothing was written.
    dry_run: bool,
    from: String,
    to: String,
    features: u64,
    revisions: Counts,
    /// The number of revisions that were read back from the target and verified.
    verified: u64,
    /// `null` if the source or the target has no assignments.
    assignments: Option<Counts>,
    /// Groups of counters; `null` if the source or the target has no counters.
    counters: Option<Counts>,
    /// The number of assignments and groups of counters that differ, and are left as they are in the target.
    different: usize,
    /// The first 100 of them.
    differences: Vec<String>,
    /// What the target cannot keep, or the source does not have.
    notes: Vec<String>,
    /// `true` if the source was still changing at the end.
    is_behind: bool,
}

#[derive(Clone, Copy, Serialize)]
struct Counts {
    copied: u64,
    /// What the target had before.
    present: u64,
}

impl CopySummary {
    fn new(arguments: &Copy, copied: &Copied) -> Self {
        let revisions = copied.revisions;
        let assignments = copied.assignments.map(|AssignmentCounts { copied, present }| Counts { copied, present });
        let counters = copied.counters.map(|CounterCounts { copied, present }| Counts { copied, present });
        Self {
            dry_run: arguments.dry_run,
            from: arguments.from.to_string(),
            to: arguments.to.to_string(),
            features: revisions.features,
            revisions: Counts { copied: revisions.copied, present: revisions.present },
            verified: revisions.verified,
            assignments,
            counters,
            different: copied.differences.count(),
            differences: copied.differences.listed().to_vec(),
            notes: copied.notes.clone(),
            is_behind: revisions.is_behind,
        }
    }
}

impl Render for CopySummary {
    fn write(&self, page: &mut Page) {
        let header = ["", if self.dry_run { "TO COPY" } else { "COPIED" }, "PRESENT BEFORE"];
        let rows = [
            ("revisions", Some(self.revisions)),
            ("assignments", self.assignments),
            ("groups of counters", self.counters),
        ];
        let rows = rows.into_iter().filter_map(|(name, counts)| {
            // Without writing, it is not known which of them the target has.
            let present = match self.dry_run && name != "revisions" {
                true => "-".to_owned(),
                false => counts?.present.to_string(),
            };
            Some([name.to_owned(), counts?.copied.to_string(), present])
        });
        page.table(header, rows);
        for difference in self.differences.iter().take(MAX_SHOWN) {
            page.item(format_args!("different: {difference}"));
        }
        if self.different > MAX_SHOWN {
            page.item(format_args!("and {}", counted(self.different - MAX_SHOWN, "more difference")));
        }
        self.notes.iter().for_each(|note| page.line(format_args!("note: {note}")));
        if self.is_behind {
            page.line("warning: the source is still changing; run the same command again to copy the newest changes");
        }
        let features = counted(self.features, "feature");
        match self.dry_run {
            true => page.line(format_args!("{features} from {} to {}; nothing was written", self.from, self.to)),
            false => page.line(format_args!(
                "{features} from {} to {}; read back and verified {}",
                self.from,
                self.to,
                counted(self.verified, "revision")
            )),
        }
    }
}
