//! `feats flag import`: takes over the flags of another system. All flags are checked before the first one is written.

use feats::flags::flipper::Item;
use feats::flags::flypper::Flag as FlypperFlag;
use feats::flags::{Flags, ForeignFlag, Import, ImportDecisionKind, ImportOutcome, ImportReport, RampImport};
use feats::text::counted;
use feats::{Error, Problem, Problems};
use serde::Serialize;

use crate::args::{FlagImport, Ramps};
use crate::context::{Context, user};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Page, Render};
use crate::source::{self, Found, ImportPlace};

pub(super) async fn run(context: &Context, arguments: &FlagImport) -> Result<Exit> {
    let places =
        arguments.sources.iter().map(|given| ImportPlace::parse(arguments.from, given)).collect::<Result<Vec<_>>>()?;
    let found = source::read(arguments.from, &places).await?;
    let mut flags = context.app.flags();
    if let Some(author) = arguments.author.clone().or_else(user) {
        flags = flags.author(author);
    }
    let importer = Importer { flags, arguments };
    let previews = importer.check_all(context, &found).await?;
    let reports = match arguments.dry_run {
        true => previews,
        false => importer.import_all(context, &found, previews).await?,
    };
    context.output.show(&Imported::new(arguments, &reports))?;
    Ok(Exit::Success)
}

struct Importer<'a> {
    flags: Flags,
    arguments: &'a FlagImport,
}

impl Importer<'_> {
    /// Returns what each import would do, or the problems of all flags.
    async fn check_all(&self, context: &Context, found: &[Found]) -> Result<Vec<ImportReport>> {
        let progress = context.output.progress("Checking", found.len());
        let (mut reports, mut problems) = (Vec::with_capacity(found.len()), Problems::default());
        for flag in found {
            match self.check(flag).await {
                Ok(report) => reports.push(report),
                Err(Failure::Feats(error, _)) if error.problems().is_empty() && !is_refusal(&error) => {
                    return Err(error.into());
                }
                Err(Failure::Feats(error, _)) => problems.extend(self.placed(flag, &error)),
                Err(failure) => return Err(failure),
            }
            progress.step();
        }
        let named = found.iter().filter_map(|found| Some((found.name.as_deref()?, found)));
        let names = reports.iter().map(ImportReport::flag);
        // The names in the flags count, unless some flags have none because of their problems.
        problems.extend(match problems.is_empty() {
            true => source::repeated(names.zip(found)),
            false => source::repeated(named),
        });
        if problems.is_empty() { Ok(reports) } else { Err(Error::invalid(problems.into_vec()).into()) }
    }

    async fn check(&self, found: &Found) -> Result<ImportReport> {
        let foreign = self.foreign(found)?;
        let name = foreign.name().to_owned();
        Ok(self.import(foreign).preview().await.map_err(|error| error.with_feature(name))?)
    }

    /// Writes the flags that would change. After a failure, running the command again continues.
    async fn import_all(
        &self,
        context: &Context,
        found: &[Found],
        mut reports: Vec<ImportReport>,
    ) -> Result<Vec<ImportReport>> {
        let progress = context.output.progress("Importing", found.len());
        let mut written = 0;
        for (found, report) in found.iter().zip(&mut reports) {
            if report.outcome() != ImportOutcome::Unchanged {
                *report = match self.import(self.foreign(found)?).await {
                    Ok(report) => report,
                    Err(error) => {
                        let hint =
                            format!("imported {}; run the same command again to continue", counted(written, "flag"));
                        return Err(Failure::from(error).hint(hint));
                    }
                };
                written += 1;
            }
            progress.step();
        }
        Ok(reports)
    }

    /// Parses a flag.
    fn foreign(&self, found: &Found) -> Result<ForeignFlag> {
        let json = found.json().map_err(Failure::problem)?;
        let foreign: ForeignFlag = match self.arguments.from.is_flipper() {
            true => Item::from_json(json)?.into(),
            false => FlypperFlag::from_json(json)?.into(),
        };
        match found.name.as_deref().filter(|name| *name != foreign.name()) {
            None => Ok(foreign),
            Some(name) => {
                let other = foreign.name();
                let message = format!("the key has the name {name:?}, and the flag {other:?}; rename one of them");
                Err(Failure::problem(Problem::new(&found.place, message)))
            }
        }
    }

    /// Returns the import with the options of the command.
    fn import(&self, foreign: ForeignFlag) -> Import {
        let mut import = self.flags.import(foreign);
        if self.arguments.ramps == Ramps::Gradual {
            import = import.ramps(RampImport::Gradual);
        }
        if self.arguments.bucket_after_conditions {
            import = import.bucket_after_conditions();
        }
        if self.arguments.replace { import.replace() } else { import }
    }

    /// Returns the problems of a flag with its place.
    fn placed(&self, found: &Found, error: &Error) -> Vec<Problem> {
        if error.problems().is_empty() {
            let name = error.feature().unwrap_or_default();
            let message = match self.flags.exists(name) {
                true => format!(
                    "the flag {name:?} exists, and was not imported, or was changed here since its import; --replace overwrites it"
                ),
                false => error.message().to_owned(),
            };
            return vec![Problem::new(&found.place, message)];
        }
        let problems = error.problems().iter();
        problems
            .map(|problem| match problem.path() == found.place || problem.is_count() {
                true => problem.clone(),
                false => Problem::new(&found.place, problem.to_string()),
            })
            .collect()
    }
}

/// Returns `true` for an error that concerns one flag, rather than the store.
fn is_refusal(error: &Error) -> bool {
    error.is_already_exists()
}

#[derive(Serialize)]
struct Imported {
    /// `true` if nothing was written.
    dry_run: bool,
    from: &'static str,
    flags: Vec<Row>,
    created: usize,
    updated: usize,
    unchanged: usize,
    /// The options that decide otherwise where an import made a choice.
    #[serde(skip)]
    hints: Vec<&'static str>,
}

#[derive(Serialize)]
struct Row {
    flag: String,
    /// `created`, `updated` or `unchanged`.
    outcome: &'static str,
    /// The share of subjects whom the bucketer selects now, in percent; `null` without a bucketer.
    share: Option<f64>,
    decisions: Vec<Decision>,
}

#[derive(Serialize)]
struct Decision {
    kind: &'static str,
    message: String,
}

impl Imported {
    fn new(arguments: &FlagImport, reports: &[ImportReport]) -> Self {
        let count = |outcome| reports.iter().filter(|report| report.outcome() == outcome).count();
        let has = |kind| reports.iter().flat_map(ImportReport::decisions).any(|decision| decision.kind() == kind);
        let hints = [
            (
                ImportDecisionKind::BucketerIgnored,
                "--bucket-after-conditions keeps the bucketers of flags with conditions",
            ),
            (ImportDecisionKind::RampUnderWay, "--ramps gradual lets users join one by one, not in whole buckets"),
        ];
        let hints = hints.into_iter().filter(|(kind, _)| has(*kind) && !arguments.chooses(*kind));
        Self {
            dry_run: arguments.dry_run,
            from: arguments.from.as_str(),
            flags: reports.iter().map(Row::new).collect(),
            created: count(ImportOutcome::Created),
            updated: count(ImportOutcome::Updated),
            unchanged: count(ImportOutcome::Unchanged),
            hints: hints.map(|(_, hint)| hint).collect(),
        }
    }
}

impl Row {
    fn new(report: &ImportReport) -> Self {
        let decisions = report.decisions().iter();
        Self {
            flag: report.flag().to_owned(),
            outcome: report.outcome().as_str(),
            share: report.share(),
            decisions: decisions
                .map(|decision| Decision { kind: decision.kind().as_str(), message: decision.message().to_owned() })
                .collect(),
        }
    }
}

impl Render for Imported {
    fn write(&self, page: &mut Page) {
        for Row { flag, outcome, share, decisions } in &self.flags {
            let outcome = match *outcome {
                "unchanged" => "unchanged".to_owned(),
                outcome if self.dry_run => format!("would be {outcome}"),
                outcome => outcome.to_owned(),
            };
            let share = share.map(|share| format!(", the bucketer selects {share}%")).unwrap_or_default();
            page.line(format_args!("{flag}: {outcome}{share}"));
            decisions.iter().for_each(|decision| page.item(format_args!("decision: {}", decision.message)));
        }
        let Self { created, updated, unchanged, .. } = self;
        let decisions = self.flags.iter().filter(|row| !row.decisions.is_empty()).count();
        let dry_run = if self.dry_run { "; nothing was written" } else { "" };
        let flags = counted(self.flags.len(), "flag");
        page.line(format_args!(
            "{flags}: {created} created, {updated} updated, {unchanged} unchanged, {decisions} with decisions{dry_run}"
        ));
        self.hints.iter().for_each(|hint| page.line(format_args!("hint: {hint}")));
    }
}
