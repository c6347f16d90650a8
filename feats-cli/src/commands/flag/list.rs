//! `feats flag list`: the flags, and what each serves.

use std::collections::BTreeMap;
use std::time::SystemTime;

use feats::describe::{RichText, live};
use feats::flags::Flag;
use feats::{Quarantine, Timestamp};
use serde::Serialize;

use crate::args::FlagList;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{LastChange, Page, Render};

pub(super) fn run(context: &Context, arguments: &FlagList) -> Result<Exit> {
    let quarantined = context.quarantined();
    let (active, archived) = (context.app.flags().list(), context.app.flags().list().archived());
    let (flags, in_archive) =
        if arguments.archived { (archived.flags(), 0) } else { (active.flags(), archived.names().len()) };
    let (total, limit) = (flags.len(), arguments.limit.unwrap_or(usize::MAX));
    let listed = flags.iter().skip(arguments.offset).take(limit);
    let rows = listed.map(|flag| Row::new(flag, &quarantined)).collect::<Result<_>>()?;
    let FlagList { archived, offset, .. } = *arguments;
    context.output.show(&List { flags: rows, total, offset, archived, in_archive })?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct List {
    flags: Vec<Row>,
    /// The number of flags, those before the offset and after the limit included.
    total: usize,
    offset: usize,
    /// `true` if the flags are those in the archive.
    archived: bool,
    /// The number of archived flags if those that are not archived are listed.
    #[serde(skip)]
    in_archive: usize,
}

#[derive(Serialize)]
struct Row {
    flag: String,
    enabled: bool,
    /// The choices for all users, as a sentence.
    live: RichText,
    pinned: Option<String>,
    quarantined: bool,
    version: u64,
    created_at: Timestamp,
    created_by: String,
    changed: Option<LastChange>,
}

impl Row {
    fn new(flag: &Flag, quarantined: &BTreeMap<String, Quarantine>) -> Result<Self> {
        let (feature, meta, quarantine) = (flag.as_feature()?, flag.meta(), quarantined.get(flag.name()));
        let state = feature.state();
        Ok(Self {
            flag: flag.name().to_owned(),
            enabled: meta.is_enabled(),
            live: live(feature.declaration(), &state, quarantine, Timestamp::from(SystemTime::now())),
            pinned: state.pinned,
            quarantined: quarantine.is_some(),
            version: meta.version(),
            created_at: meta.created_at(),
            created_by: meta.created_by().to_owned(),
            changed: feature.revision().as_ref().map(LastChange::from),
        })
    }
}

impl Render for List {
    fn write(&self, page: &mut Page) {
        if self.flags.is_empty() {
            page.line(match (self.total, self.archived) {
                (0, true) => "no archived flags".to_owned(),
                (0, false) => "no flags yet; `feats flag create NAME` creates one".to_owned(),
                (total, _) => format!("no more flags; there are {total}"),
            });
        }
        let rows = self.flags.iter().map(|row| {
            let status = match row.enabled {
                _ if self.archived => "archived",
                true => "enabled",
                false => "disabled",
            };
            let changed = row.changed.as_ref().map(LastChange::sentence).unwrap_or_default();
            [row.flag.clone(), status.to_owned(), row.live.to_string(), changed]
        });
        page.table(["FLAG", "STATUS", "SERVED", "LAST CHANGE"], rows);
        if !self.flags.is_empty() && self.flags.len() < self.total {
            let last = self.offset + self.flags.len();
            page.line(format_args!("flags {} to {last} of {}", self.offset + 1, self.total));
        }
        if self.in_archive > 0 {
            page.line(format_args!("archived: {}; `feats flag list --archived` lists them", self.in_archive));
        }
    }
}
