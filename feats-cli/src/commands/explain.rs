//! `feats explain`: the implementation that a user gets, and why.

use std::collections::BTreeSet;

use feats::model::{Declaration, Selector, Source};
use feats::text::quoted;
use feats::{
    App, Attributes, Decision, Dynamic, Error, FeatureHandle, ImplementationName, Problem, Reason, State, Trace, Value,
    describe,
};
use serde::Serialize;

use crate::args::Explain;
use crate::context::{Context, attributes};
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::names::{SegmentName, declaration};
use crate::output::{Page, Render};
use crate::values;

pub(super) async fn run(context: &Context, arguments: &Explain) -> Result<Exit> {
    let features = match &arguments.feature {
        Some(name) => vec![context.feature(name)?],
        None => {
            let declarations = context.app.declarations();
            declarations.iter().map(|declaration| context.feature(&declaration.name)).collect::<Result<_>>()?
        }
    };
    let declarations: Vec<Declaration> = features.iter().map(declaration).collect();
    let catalogs = context.app.catalogs().await?;
    let mut program = attributes(catalogs.values(), arguments.feature.as_deref());
    let set = parse_values(&arguments.set, &declarations, &attributes_of_flags(&features), &mut program)?;
    let app = context.with_attributes(program.clone()).await?;
    let mut explanations = Vec::new();
    for declaration in &declarations {
        explanations.push(explain(&app, declaration, &set, &program, arguments.path)?);
    }
    app.shutdown().await?;
    let attributes = serde_json::Map::from_iter(
        program.iter().map(|(name, value)| (name.to_owned(), serde_json::to_value(value).unwrap_or_default())),
    );
    context.output.show(&Explanations { attributes, decisions: explanations })?;
    Ok(Exit::Success)
}

/// The value of a segment, as typed.
struct TypedValue<'a> {
    name: &'a str,
    text: String,
}

/// Parses values such as `Country=CA`. Attributes of the program are changed in `program`; all others are values of a
/// segment that at least one of the features has, or of an attribute that a flag uses, and are returned.
fn parse_values<'a>(
    set: &'a [String],
    features: &[Declaration],
    flags: &BTreeSet<String>,
    program: &mut Attributes<'a>,
) -> Result<Vec<TypedValue<'a>>> {
    let (mut parsed, mut problems) = (Vec::new(), Vec::new());
    for text in set {
        let Some((name, value)) = text.split_once('=') else {
            problems
                .push(Problem::new("--set", format!("{text:?} has no value; write SEGMENT=VALUE, such as Country=CA")));
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
                // Flags have attributes of any name. Among several features, an unknown name is more likely a mistake.
                if matches!(features, [Declaration { flag: true, .. }]) || flags.contains(name) {
                    parsed.push(TypedValue { name, text: value });
                    continue;
                }
                let problem = Problem::new("--set", format!("no segment named {name:?}"));
                problems.push(
                    problem.with_suggestion(name, known_names(features, flags, program).iter().map(String::as_str)),
                );
                continue;
            };
            match kind.parse(&value) {
                Some(value) => program.insert(name, value),
                None => {
                    problems.push(Problem::new("--set", format!("{value:?} is not valid for {name}, which is {kind}")))
                }
            }
            continue;
        }
        if let Some(kind) = kinds.find(|kind| kind.parse(&value).is_none()) {
            problems.push(Problem::new("--set", format!("{value:?} is not valid for {name}, which is {kind}")));
        }
        parsed.push(TypedValue { name, text: value });
    }
    if problems.is_empty() {
        Ok(parsed)
    } else {
        Err(Failure::from(Error::invalid(problems)).hint("`feats show FEATURE` lists the segments of a feature"))
    }
}

/// Returns the attributes that flags use.
fn attributes_of_flags(features: &[FeatureHandle<Dynamic>]) -> BTreeSet<String> {
    let flags = features.iter().filter(|feature| feature.declaration().flag).map(FeatureHandle::state);
    flags.flat_map(|state| state.kinds_in_use().into_keys().map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn known_names(features: &[Declaration], flags: &BTreeSet<String>, program: &Attributes<'_>) -> BTreeSet<String> {
    let segments =
        features.iter().flat_map(|feature| feature.segments.iter().map(|applicable| applicable.segment.to_string()));
    segments.chain(flags.iter().cloned()).chain(program.iter().map(|(name, _)| name.to_owned())).collect()
}

fn explain(
    app: &App,
    declaration: &Declaration,
    set: &[TypedValue<'_>],
    program: &Attributes<'_>,
    path: bool,
) -> Result<Explanation> {
    let feature = app.feature_named(&declaration.name)?;
    let mut subject = Attributes::new();
    for TypedValue { name, text } in set {
        let segment = SegmentName::find(declaration, name);
        if segment.kind.is_some() || segment.is_untyped {
            subject.insert(*name, segment.value(text));
        }
    }
    let decision = feature.explain(&subject);
    let path = path.then(|| feature.trace(&subject));
    let state = feature.state();
    let depends_on = dependencies(&state);
    let missing =
        depends_on.iter().filter(|name| !has_value(&subject, name) && !has_value(program, name)).cloned().collect();
    let served = match decision.value().as_ref() == declaration.default_implementation() {
        true => describe::default_choice(declaration).to_string(),
        false => decision.value().to_string(),
    };
    let is_disabled = state.flag.is_some_and(|flag| !flag.is_active());
    Ok(Explanation { feature: declaration.name.to_string(), served, is_disabled, decision, depends_on, missing, path })
}

/// Returns `true` if there is a value of this name, of the subject or of one of its inputs.
fn has_value(attributes: &Attributes<'_>, name: &str) -> bool {
    attributes.iter().any(|(known, _)| known == name || known.ends_with(&format!(".{name}")))
}

/// Returns the segments and attributes that a state depends on.
fn dependencies(state: &State) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    names.extend(state.overrides.iter().map(|units| units.segment.clone()));
    names.extend(state.predicates().iter().map(|check| match &check.source {
        Source::Segment { segment, .. } => segment.clone(),
        Source::Attribute { attribute } => attribute.clone(),
    }));
    let selectors = state.rules.iter().map(|rule| &rule.select).chain(&state.otherwise);
    names.extend(selectors.filter_map(Selector::rollout).flat_map(|rollout| rollout.by.names()).cloned());
    names
}

#[derive(Serialize)]
struct Explanations {
    /// The attributes of the program, as published or set.
    attributes: serde_json::Map<String, serde_json::Value>,
    decisions: Vec<Explanation>,
}

#[derive(Serialize)]
struct Explanation {
    feature: String,
    /// The implementation that is served, for people.
    #[serde(skip)]
    served: String,
    /// `true` for a flag that is disabled or archived.
    #[serde(skip)]
    is_disabled: bool,
    #[serde(flatten)]
    decision: Decision<ImplementationName>,
    /// The segments and attributes that the state depends on.
    depends_on: BTreeSet<String>,
    /// Those that are not set.
    missing: BTreeSet<String>,
    /// The steps of the decision, if `--path` was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<Trace>,
}

impl Explanation {
    fn reason(&self) -> String {
        let decision = &self.decision;
        let slot = decision
            .slot()
            .map(|slot| format!(", slot {} of 1 000 000", describe::grouped(slot.into())))
            .unwrap_or_default();
        let reason = match decision.reason() {
            Reason::NoState => "default: no version yet".to_owned(),
            Reason::Pinned => "pinned".to_owned(),
            Reason::UnitOverride => "override".to_owned(),
            Reason::Rule => format!("rule {}", decision.rule().unwrap_or_default()),
            Reason::Otherwise if self.is_disabled => "the flag is disabled".to_owned(),
            Reason::Otherwise => "everyone else: no rule matched".to_owned(),
            Reason::Default => "default: no rule matched".to_owned(),
            Reason::Quarantined => "default: the current version is quarantined".to_owned(),
            other => other.to_string(),
        };
        format!("{reason}{slot}")
    }
}

impl Render for Explanations {
    fn write(&self, page: &mut Page) {
        let rows = self.decisions.iter().map(|explanation| {
            let version = explanation.decision.version().map_or_else(|| "-".to_owned(), |version| version.to_string());
            [explanation.feature.clone(), explanation.served.clone(), explanation.reason(), version]
        });
        page.table(["FEATURE", "SERVED", "REASON", "VERSION"], rows);
        for explanation in self.decisions.iter().filter(|explanation| !explanation.missing.is_empty()) {
            let missing: Vec<&str> = explanation.missing.iter().map(String::as_str).collect();
            page.line(format_args!("{} also depends on: {} (not set)", explanation.feature, missing.join(", ")));
        }
        let is_used = |name: &String| self.decisions.iter().any(|explanation| explanation.depends_on.contains(name));
        for (name, value) in self.attributes.iter().filter(|(name, _)| is_used(name)) {
            page.line(format_args!("attribute of the program: {name} = {value}"));
        }
        for Explanation { feature, path, .. } in &self.decisions {
            let Some(path) = path else { continue };
            page.heading(format_args!("{feature}, step by step"));
            describe::trace(path).iter().for_each(|step| page.item(step));
        }
    }
}
