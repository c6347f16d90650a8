//! `feats status`: how the store is, and which programs use it.

use std::collections::BTreeMap;
use std::time::SystemTime;

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
        let is_of =
            |program: &&mut Program| (&program.program, &program.version) == (&instance.program, &instance.version);
        if let Some(program) = programs.iter_mut().find(is_of) {
            program.running.push(instance);
        }
    }
    let shown = Status {
        store: status.store,
        epoch: status.epoch,
        features: context.app.declarations().len(),
        programs,
        quarantined: quarantined.collect(),
        undeclared: context.undeclared().await?,
        warnings: status.warnings,
    };
    context.output.show(&shown)?;
    Ok(Exit::Success)
}

#[derive(Serialize)]
struct Status {
    store: String,
    /// The life of the store: another one after it was emptied or restored.
    epoch: Option<String>,
    features: usize,
    programs: Vec<Program>,
    /// Features whose newest version cannot be used.
    quarantined: BTreeMap<String, Quarantined>,
    /// Features with a state that no program declares, with their newest versions.
    undeclared: BTreeMap<String, u64>,
    /// What is wrong although the store answers.
    warnings: Vec<String>,
}

/// A program that published its features.
#[derive(Serialize)]
struct Program {
    program: String,
    version: String,
    features: usize,
    /// Its processes that run now.
    running: Vec<Instance>,
}

#[derive(Serialize)]
struct Quarantined {
    version: u64,
    problems: Vec<String>,
}

impl Render for Status {
    fn write(&self, page: &mut Page) {
        page.line(format_args!("{}: live, {} features", self.store, self.features));
        if let Some(epoch) = &self.epoch {
            page.item(format_args!("epoch {epoch}"));
        }
        page.heading("Programs");
        if self.programs.is_empty() {
            page.item("none has published its features to this store");
        }
        page.list(self.programs.iter().map(|program| {
            let name = format!("{} {}", program.program, program.version);
            [name.trim_end().to_owned(), format!("{} features", program.features), running(&program.running)]
        }));
        let held =
            |program: &Program| program.running.iter().map(|instance| instance.retained).max().unwrap_or_default();
        if self.programs.iter().any(|program| held(program) > 0) {
            page.heading("Held over: the store was emptied or restored, and programs go on by what they had");
        }
        for program in self.programs.iter().filter(|program| held(program) > 0) {
            page.item(format_args!(
                "{} {}: {} features; `feats restore` with its fallback file puts them back",
                program.program,
                program.version,
                held(program)
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
    let shown = |instance: &Instance| {
        format!("{}, started {}", instance.pid, ago(instance.started, Timestamp::from(SystemTime::now())))
    };
    match instances {
        [] => "not running".to_owned(),
        [only] => format!("running as process {}", shown(only)),
        many => format!("{} processes: {}", many.len(), many.iter().map(shown).collect::<Vec<_>>().join("; ")),
    }
}
