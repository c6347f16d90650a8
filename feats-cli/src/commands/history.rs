//! `feats history`: the versions of a feature, newest first.

use std::time::SystemTime;

use feats::Timestamp;
use feats::describe::default_choice;
use feats::model::{Entry, Revision};
use feats::store::Page as Range;
use serde::Serialize;
use serde_json::Value as Json;

use crate::args::History;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render, ago};

pub(super) async fn run(context: &Context, arguments: &History) -> Result<Exit> {
    let feature = context.feature(&arguments.feature)?;
    let range = Range { before: arguments.before, limit: arguments.limit };
    // From the store itself: one revision that cannot be read does not hide the others.
    let entries = context.store.store().history(feature.name(), range).await?;
    let shown = Shown {
        feature: feature.name().to_owned(),
        default: feature.declaration().default_value().map(|_| default_choice(feature.declaration()).to_string()),
        versions: entries.iter().map(Version::of).collect(),
    };
    context.output.show(&shown)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Shown {
    feature: String,
    /// What decides where there is no state, if the code of a boolean feature gives everyone the same; for people.
    #[serde(skip)]
    default: Option<String>,
    /// Newest first.
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    version: u64,
    /// Why the version cannot be read; then all below is `null`.
    error: Option<String>,
    #[serde(flatten)]
    read: Option<Read>,
}

#[derive(Serialize)]
struct Read {
    time: Timestamp,
    author: String,
    comment: String,
    id: String,
    hash: String,
    removed: bool,
    /// `null` where the state was removed.
    state: Json,
}

impl Version {
    fn of(entry: &Entry) -> Self {
        let (error, read) = match entry.decode() {
            Ok(revision) => (None, Some(Read::of(&revision))),
            Err(error) => (Some(error.message().to_owned()), None),
        };
        Self { version: entry.version, error, read }
    }
}

impl Read {
    fn of(revision: &Revision) -> Self {
        Self {
            time: revision.time(),
            author: revision.author().to_owned(),
            comment: revision.comment().to_owned(),
            id: revision.id().to_owned(),
            hash: revision.hash().to_string(),
            removed: revision.is_removed(),
            state: revision.state_json().clone(),
        }
    }
}

impl Render for Shown {
    fn write(&self, page: &mut Page) {
        if self.versions.is_empty() {
            let default = self.default.as_ref().map(|default| format!("; {default}")).unwrap_or_default();
            page.line(format_args!("{} has no versions here{default}", self.feature));
            return;
        }
        let now = Timestamp::from(SystemTime::now());
        let removed = self.default.as_ref().map_or("removed".to_owned(), |default| format!("removed; {default}"));
        let rows = self.versions.iter().map(|version| {
            let number = version.version.to_string();
            match &version.read {
                None => [number, "-".to_owned(), "-".to_owned(), version.error.clone().unwrap_or_default()],
                Some(read) => {
                    let comment =
                        if read.removed { format!("({}) {}", removed, read.comment) } else { read.comment.clone() };
                    [number, ago(read.time, now), read.author.clone(), comment]
                }
            }
        });
        page.table(["VERSION", "WHEN", "AUTHOR", "COMMENT"], rows);
    }
}
