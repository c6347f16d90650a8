//! `feats show`: all about one feature.

use std::time::SystemTime;

use feats::describe::{DescribedPart, RichText, default_choice, parts, serving};
use feats::model::{ApplicableSegment, Declaration, FlagState};
use feats::{Dynamic, FeatureHandle, Problem, Quarantine, State, Timestamp};
use serde::Serialize;
use serde_json::{Value as Json, json};

use crate::args::Show;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{LastChange, Page, Render, ago, json_text};

pub(super) fn run(context: &Context, arguments: &Show) -> Result<Exit> {
    show(context, &context.feature_with_history(&arguments.feature)?)
}

/// Shows a feature or a flag.
pub(super) fn show(context: &Context, handle: &FeatureHandle<Dynamic>) -> Result<Exit> {
    let revision = handle.revision();
    let details = Details {
        declaration: handle.declaration().completed_by(&handle.state()).into_owned(),
        version: handle.version(),
        changed: revision.as_ref().map(LastChange::from),
        removed: revision.as_ref().is_some_and(feats::model::Revision::is_removed),
        state: revision.map(|revision| revision.state_json().clone()),
        quarantine: context.quarantined().remove(handle.name()).map(Quarantined::from),
        parsed: handle.state(),
    };
    context.output.show(&details)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Details {
    declaration: Declaration,
    /// The current version; 0 if there is none.
    version: u64,
    changed: Option<LastChange>,
    /// `true` if the current version is a removal.
    removed: bool,
    /// The state as published; `null` if there is none.
    state: Option<Json>,
    quarantine: Option<Quarantined>,
    #[serde(skip)]
    parsed: State,
}

/// The reason why the current version cannot be used.
#[derive(Serialize)]
struct Quarantined {
    summary: RichText,
    problems: Vec<String>,
}

impl From<Quarantine> for Quarantined {
    fn from(quarantine: Quarantine) -> Self {
        let problems = quarantine.problems.iter().map(Problem::to_string).collect();
        Self { summary: serving(&quarantine), problems }
    }
}

impl Render for Details {
    fn write(&self, page: &mut Page) {
        page.heading(&self.declaration.name);
        page.paragraph(&self.declaration.doc);
        page.list(self.facts());
        page.heading(if self.declaration.flag { "Variants" } else { "Implementations" });
        page.list(self.declaration.implementations.iter().zip(0..).map(|(implementation, position)| {
            let default = if position == self.declaration.default { "default" } else { "" };
            // A variant has a value or is the default, and no description.
            let value = self.parsed.values.get(&*implementation.name).map(Json::to_string);
            let second = value.unwrap_or_else(|| default.to_owned());
            [implementation.name.to_string(), second, first_line(&implementation.doc)]
        }));
        page.heading(if self.declaration.flag { "Attributes in use" } else { "Segments" });
        let kinds = self.parsed.kinds_in_use();
        page.list(self.declaration.segments.iter().map(|applicable| match kinds.get(&*applicable.segment) {
            Some(None) if self.declaration.flag => {
                [applicable.segment.to_string(), "any type".to_owned(), String::new()]
            }
            _ => segment(applicable),
        }));
        if self.declaration.segments.is_empty() {
            page.item("none");
        }
        if let Some(quarantine) = &self.quarantine {
            page.heading(format_args!("Quarantined: {}", quarantine.summary));
            quarantine.problems.iter().for_each(|problem| page.item(problem));
        }
        if let Some(flag) = self.parsed.flag.as_ref().filter(|flag| !flag.client_data.is_empty()) {
            page.heading("Client data");
            json_text(&json!(flag.client_data)).lines().for_each(|line| page.item(line));
        }
        page.heading("Rules");
        self.rules(page);
    }
}

impl Details {
    fn facts(&self) -> Vec<[String; 2]> {
        let declaration = &self.declaration;
        let mut facts = Vec::new();
        let mut fact = |name: &str, value: Option<String>| facts.extend(value.map(|value| [name.to_owned(), value]));
        if let Some(flag) = &self.parsed.flag {
            fact("status", Some(status(flag).to_owned()));
            let when = ago(flag.created_at, Timestamp::from(SystemTime::now()));
            fact("created", Some(format!("{when} by {}", flag.created_by)));
        }
        fact("kind", declaration.kind.map(|kind| kind.to_string()));
        fact("owner", declaration.owner.as_deref().map(str::to_owned));
        fact(
            "expires",
            declaration.expires.as_deref().map(|day| {
                let stale = declaration.is_expired(feats::Timestamp::from(SystemTime::now()));
                if stale { format!("{day} (stale)") } else { day.to_owned() }
            }),
        );
        fact(
            "declared in",
            declaration.location.as_ref().map(|origin| {
                format!("{} ({} {}), {}:{}", origin.module, origin.crate_name, origin.version, origin.file, origin.line)
            }),
        );
        fact(
            "version",
            Some(match &self.changed {
                Some(changed) => format!("{}, {}", self.version, changed.sentence()),
                None if self.version > 0 => format!("{} (unreadable)", self.version),
                None => "no version yet".to_owned(),
            }),
        );
        facts
    }

    fn rules(&self, page: &mut Page) {
        if self.removed {
            page.item("removed");
        }
        let mut rule = 0;
        // The flag, its client data and its values are shown above.
        let is_shown = |part: &DescribedPart| {
            part.part == "flag" || part.part.starts_with("client data ") || part.part.starts_with("value ")
        };
        for part in parts(&self.parsed, Timestamp::from(SystemTime::now())).into_iter().filter(|part| !is_shown(part)) {
            if part.part.starts_with("rule ") {
                rule += 1;
                page.item(format_args!("{rule}. {}", part.text));
            } else {
                page.item(part.text);
            }
        }
        if self.parsed.otherwise.is_none() {
            page.item(format_args!("Everyone else: {} (default)", default_choice(&self.declaration)));
        }
    }
}

fn status(flag: &FlagState) -> &'static str {
    match (flag.archived, flag.enabled) {
        (true, true) => "archived; enabled once it is restored",
        (true, false) => "archived",
        (false, true) => "enabled",
        (false, false) => "disabled",
    }
}

fn segment(applicable: &ApplicableSegment) -> [String; 3] {
    let name = match &applicable.input {
        Some(input) => format!("{input}.{}", applicable.segment),
        None => applicable.segment.to_string(),
    };
    let options: Vec<&str> = applicable.options.iter().map(|option| &**option).collect();
    let options = if options.is_empty() { String::new() } else { format!("one of {}", options.join(", ")) };
    [name, applicable.kind.to_string(), options]
}

fn first_line(doc: &str) -> String {
    doc.lines().next().unwrap_or_default().to_owned()
}
