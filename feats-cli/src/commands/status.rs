//! `feats status`: the state of the store, and the programs that use it.

use std::collections::BTreeMap;
use std::time::SystemTime;

use feats::text::counted;
use feats::{Instance, Problem, Timestamp};
use serde::Serialize;

use crate::context::Context;
use crate::exit::Exit;
use crate::failure::Result;
use crate::output::{Page, Render, ago};

pub(super) async fn run(context: &Context) -> Result<Exit> {
    let status = context.app.status();
    let quarantined = status.quarantined.into_iter().map(|quarantine| {
        let problems = quarantine.problems.iter().map(Problem::to_string).collect();
        (quarantine.feature, Quarantined { version: quarantine.version, problems })
    });
    let catalogs = context.app.catalogs().await?.into_values();
    let mut programs: Vec<Program> = catalogs
        .map(|catalog| Program {
            program: catalog.program,
            version: catalog.version,
            features: catalog.features.len(),
            running: Vec::new(),
        })
        .collect();
    for instance in context.app.instances().await? {
        let is_same =
            |program: &&mut Program| (&program.program, &program.version) == (&instance.program, &instance.version);
        if let Some(program) = programs.iter_mut().find(is_same) {
            program.running.push(instance);
        }
    }
    let view = Status {
        store: status.store,
        epoch: status.epoch,
        features: context.app.declarations().len(),
        programs,
        quarantined: quarantined.collect(),
        undeclared: context.undeclared().await?,
        warnings: status.warnings,
    };
    context.output.show(&view)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Status {
    store: String,
    /// The epoch of the store, which changes when the store is emptied or restored.
    epoch: Option<String>,
    features: usize,
    programs: Vec<Program>,
    /// The features whose current version cannot be used.
    quarantined: BTreeMap<String, Quarantined>,
    /// The current versions of features that have a state but are declared by no program, by name.
    undeclared: BTreeMap<String, u64>,
    /// Problems that do not make the store unreachable.
    warnings: Vec<String>,
}

/// A program that has published its features.
#[derive(Serialize)]
struct Program {
    program: String,
    version: String,
    features: usize,
    /// The running processes of the program.
    running: Vec<Instance>,
}

#[derive(Serialize)]
struct Quarantined {
    version: u64,
    problems: Vec<String>,
}

impl Render for Status {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("{}: live, {}", self.store, counted(self.features, "feature")));
        if let Some(epoch) = &self.epoch {
            page.item(format_args!("epoch {epoch}"));
        }
        page.heading("Programs");
        if self.programs.is_empty() {
            page.item("none yet: no program has published its features to this store");
        }
        page.list(self.programs.iter().map(|program| {
            let name = format!("{} {}", program.program, program.version);
            [name.trim_end().to_owned(), counted(program.features, "feature"), running(&program.running)]
        }));
        let retained =
            |program: &Program| program.running.iter().map(|instance| instance.retained).max().unwrap_or_default();
        if self.programs.iter().any(|program| retained(program) > 0) {
            page.heading("Retained: the store has lost versions that running programs still use");
        }
        for program in self.programs.iter().filter(|program| retained(program) > 0) {
            page.item(format_args!(
                "{} {}: {}; restore them with `feats restore` and the fallback file of the program",
                program.program,
                program.version,
                counted(retained(program), "feature")
            ));
        }
        if !self.quarantined.is_empty() {
            page.heading("Quarantined");
        }
        for (feature, quarantined) in &self.quarantined {
            page.item(format_args!("{feature}: version {} cannot be used", quarantined.version));
            quarantined.problems.iter().for_each(|problem| page.item(format_args!("  {problem}")));
        }
        if !self.undeclared.is_empty() {
            page.heading("Not declared by any program");
        }
        for (feature, version) in &self.undeclared {
            page.item(format_args!("{feature}: version {version}"));
        }
        if !self.warnings.is_empty() {
            page.heading("Warnings");
        }
        self.warnings.iter().for_each(|warning| page.item(warning));
    }
}

fn running(instances: &[Instance]) -> String {
    let describe = |instance: &Instance| {
        format!("{}, started {}", instance.pid, ago(instance.started, Timestamp::from(SystemTime::now())))
    };
    match instances {
        [] => "not running".to_owned(),
        [only] => format!("running as process {}", describe(only)),
        many => format!("{} processes: {}", many.len(), many.iter().map(describe).collect::<Vec<_>>().join("; ")),
    }
}
