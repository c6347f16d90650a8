//! `feats explain`: what a subject gets, and why.

use std::collections::BTreeSet;
use std::sync::Arc;

use feats::model::{Condition, Declaration, RANDOM, Selector, Source};
use feats::text::quoted;
use feats::{App, Attributes, Decision, Error, ImplementationName, Problem, Reason, State, Trace, Value, describe};
use serde::Serialize;

use crate::args::Explain;
use crate::context::{Context, attributes};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::names::SegmentName;
use crate::output::{Page, Render};
use crate::values;

pub(super) async fn run(context: &Context, arguments: &Explain) -> Result<Exit> {
    let mut declarations = context.app.declarations();
    if let Some(name) = &arguments.feature {
        let feature = context.feature(name)?;
        declarations.retain(|declaration| &*declaration.name == feature.name());
    }
    let catalogs = context.app.catalogs().await?;
    let mut program = attributes(catalogs.values(), arguments.feature.as_deref());
    let set = read(&arguments.set, &declarations, &mut program)?;
    let app = context.with_attributes(program.clone()).await?;
    let mut explained = Vec::new();
    for declaration in &declarations {
        explained.push(explain(&app, declaration, &set, &program, arguments.path)?);
    }
    app.shutdown().await?;
    let attributes = serde_json::Map::from_iter(
        program.iter().map(|(name, value)| (name.to_owned(), serde_json::to_value(value).unwrap_or_default())),
    );
    context.output.show(&Explained { attributes, decisions: explained })?;
    Ok(Exit::Success)
}

/// What was set, as typed.
struct Set<'a> {
    name: &'a str,
    text: String,
}

/// Reads `Country=CA`. Attributes of the program are set there; the rest is of the subject, and is a value of a segment
/// that some of the features have.
fn read<'a>(set: &'a [String], features: &[Arc<Declaration>], program: &mut Attributes<'a>) -> Result<Vec<Set<'a>>> {
    let (mut read, mut problems) = (Vec::new(), Vec::new());
    for text in set {
        let Some((name, value)) = text.split_once('=') else {
            problems.push(Problem::new("--set", format!("{text:?} sets nothing; write Country=CA")));
            continue;
        };
        let name = name.trim();
        let value = match values::single(value) {
            Ok(value) => value,
            Err(message) => {
                problems.push(Problem::new("--set", format!("{}: {message}", quoted(text))));
                continue;
            }
        };
        let mut kinds = features.iter().filter_map(|feature| SegmentName::find(feature, name).kind).peekable();
        if kinds.peek().is_none() {
            let Some(kind) = program.get(name).map(Value::kind) else {
                let problem = Problem::new("--set", format!("no segment named {name:?}"));
                problems.push(problem.with_suggestion(name, known(features, program).iter().map(String::as_str)));
                continue;
            };
            match kind.parse(&value) {
                Some(value) => program.insert(name, value),
                None => problems.push(Problem::new("--set", format!("{value:?} is not {kind}, but {name} is"))),
            }
            continue;
        }
        if let Some(kind) = kinds.find(|kind| kind.parse(&value).is_none()) {
            problems.push(Problem::new("--set", format!("{value:?} is not {kind}, but {name} is")));
        }
        read.push(Set { name, text: value });
    }
    if problems.is_empty() {
        Ok(read)
    } else {
        Err(Failure::from(Error::invalid(problems)).hint("`feats show FEATURE` lists segments"))
    }
}

fn known(features: &[Arc<Declaration>], program: &Attributes<'_>) -> BTreeSet<String> {
    let segments =
        features.iter().flat_map(|feature| feature.segments.iter().map(|fitting| fitting.segment.to_string()));
    segments.chain(program.iter().map(|(name, _)| name.to_owned())).collect()
}

fn explain(
    app: &App,
    declaration: &Declaration,
    set: &[Set<'_>],
    program: &Attributes<'_>,
    path: bool,
) -> Result<Explanation> {
    let feature = app.feature_named(&declaration.name)?;
    let mut subject = Attributes::new();
    for Set { name, text } in set {
        let segment = SegmentName::find(declaration, name);
        if let Some(value) = segment.kind.and_then(|kind| kind.parse(text)) {
            subject.insert(*name, value);
        }
    }
    let decision = feature.explain(&subject);
    let path = path.then(|| feature.trace(&subject));
    let looks_at = looked_at(&feature.state());
    let missing = looks_at.iter().filter(|name| !has(&subject, name) && !has(program, name)).cloned().collect();
    let gets = match decision.value().as_ref() == declaration.default_implementation() {
        true => describe::default_choice(declaration).to_string(),
        false => decision.value().to_string(),
    };
    Ok(Explanation { feature: declaration.name.to_string(), gets, decision, looks_at, missing, path })
}

/// Whether there is a value of this name, be it of one input.
fn has(attributes: &Attributes<'_>, name: &str) -> bool {
    attributes.iter().any(|(known, _)| known == name || known.ends_with(&format!(".{name}")))
}

/// The segments and attributes that a state looks at.
fn looked_at(state: &State) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    names.extend(state.overrides.iter().map(|known| known.segment.clone()));
    let mut conditions: Vec<&Condition> = state.rules.iter().map(|rule| &rule.when).collect();
    while let Some(condition) = conditions.pop() {
        match condition {
            Condition::All { all: parts } | Condition::Any { any: parts } => conditions.extend(parts),
            Condition::Not { not } => conditions.push(not),
            Condition::Predicate(check) => drop(names.insert(match &check.source {
                Source::Segment { segment, .. } => segment.clone(),
                Source::Attribute { attribute } => attribute.clone(),
            })),
        }
    }
    let selectors = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
    let units = selectors.filter_map(Selector::rollout).map(|rollout| rollout.by.clone());
    names.extend(units.filter(|by| by != RANDOM));
    names
}

#[derive(Serialize)]
struct Explained {
    /// The attributes of the program, as published or set.
    attributes: serde_json::Map<String, serde_json::Value>,
    decisions: Vec<Explanation>,
}

#[derive(Serialize)]
struct Explanation {
    feature: String,
    /// What is given, for people.
    #[serde(skip)]
    gets: String,
    #[serde(flatten)]
    decision: Decision<ImplementationName>,
    /// Segments and attributes that the state looks at.
    looks_at: BTreeSet<String>,
    /// Those of them that were not set.
    missing: BTreeSet<String>,
    /// The way of the decision, if it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Trace>,
}

impl Explanation {
    fn why(&self) -> String {
        let decision = &self.decision;
        let slot = decision
            .slot()
            .map(|slot| format!(", slot {} of 1 000 000", describe::grouped(slot.into())))
            .unwrap_or_default();
        let reason = match decision.reason() {
            Reason::NoState => "no version yet: the default".to_owned(),
            Reason::Pinned => "pinned".to_owned(),
            Reason::UnitOverride => "an override".to_owned(),
            Reason::Rule => format!("rule {}", decision.rule().unwrap_or_default()),
            Reason::Otherwise => "no rule holds: otherwise".to_owned(),
            Reason::Default => "no rule holds: the default".to_owned(),
            Reason::Quarantined => "the newest version cannot be used: the default".to_owned(),
            other => other.to_string(),
        };
        format!("{reason}{slot}")
    }
}

impl Render for Explained {
    fn write(&self, page: &mut Page) {
        let rows = self.decisions.iter().map(|explained| {
            let version = explained.decision.version().map_or_else(|| "-".to_owned(), |version| version.to_string());
            [explained.feature.clone(), explained.gets.clone(), explained.why(), version]
        });
        page.table(["FEATURE", "GETS", "WHY", "VERSION"], rows);
        for explained in self.decisions.iter().filter(|explained| !explained.missing.is_empty()) {
            let missing: Vec<&str> = explained.missing.iter().map(String::as_str).collect();
            page.line(format_args!("{} looks at what was not set: {}", explained.feature, missing.join(", ")));
        }
        let looked_at = |name: &String| self.decisions.iter().any(|explained| explained.looks_at.contains(name));
        for (name, value) in self.attributes.iter().filter(|(name, _)| looked_at(name)) {
            page.line(format_args!("the program's {name} is {value}"));
        }
        for Explanation { feature, path, .. } in &self.decisions {
            let Some(path) = path else { continue };
            page.heading(format_args!("How {feature} was decided"));
            describe::trace(path).iter().for_each(|step| page.item(step));
        }
    }
}
