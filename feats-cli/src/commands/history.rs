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
    let feature = context.feature_with_history(&arguments.feature)?;
    let range = Range { before: arguments.before, limit: arguments.limit };
    // Read from the store directly, so that an unreadable revision does not hide the others.
    let entries = context.store.store().history(feature.name(), range).await?;
    let list = Versions {
        feature: feature.name().to_owned(),
        flag: feature.declaration().flag,
        default: feature.declaration().default_value().map(|_| default_choice(feature.declaration()).to_string()),
        versions: entries.iter().map(Version::from).collect(),
    };
    context.output.show(&list)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Versions {
    feature: String,
    #[serde(skip)]
    flag: bool,
    /// The implementation that a boolean feature serves without a state, for people.
    #[serde(skip)]
    default: Option<String>,
    /// Newest first.
    versions: Vec<Version>,
}

#[derive(Serialize)]
struct Version {
    version: u64,
    /// The reason why the version cannot be read; all fields below are then absent.
    error: Option<String>,
    #[serde(flatten)]
    details: Option<Details>,
}

#[derive(Serialize)]
struct Details {
    time: Timestamp,
    author: String,
    comment: String,
    id: String,
    hash: String,
    removed: bool,
    /// `null` if the state was removed.
    state: Json,
}

impl From<&Entry> for Version {
    fn from(entry: &Entry) -> Self {
        let (error, details) = match entry.decode() {
            Ok(revision) => (None, Some(Details::from(&revision))),
            Err(error) => (Some(error.message().to_owned()), None),
        };
        Self { version: entry.version, error, details }
    }
}

impl From<&Revision> for Details {
    fn from(revision: &Revision) -> Self {
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

impl Render for Versions {
    fn write(&self, page: &mut Page) {
        if self.versions.is_empty() {
            let default = self.default.as_ref().map(|default| format!("; {default}")).unwrap_or_default();
            page.line(format_args!("{} has no versions{default}", self.feature));
            return;
        }
        let now = Timestamp::from(SystemTime::now());
        let removed = match &self.default {
            _ if self.flag => "destroyed".to_owned(),
            Some(default) => format!("removed; {default}"),
            None => "removed".to_owned(),
        };
        let rows = self.versions.iter().map(|version| {
            let number = version.version.to_string();
            match &version.details {
                None => [number, "-".to_owned(), "-".to_owned(), version.error.clone().unwrap_or_default()],
                Some(details) => {
                    let comment = if details.removed {
                        format!("({}) {}", removed, details.comment)
                    } else {
                        details.comment.clone()
                    };
                    [number, ago(details.time, now), details.author.clone(), comment]
                }
            }
        });
        page.table(["VERSION", "PUBLISHED", "AUTHOR", "COMMENT"], rows);
    }
}
