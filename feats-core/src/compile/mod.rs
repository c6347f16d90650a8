//! Compiling a state for a declaration: either a route, or every problem with its path.
//!
//! A program compiles a state when it arrives from a store ([`Stage::Stored`]). If that finds a problem, the feature is
//! *quarantined* in this program: it keeps its last valid revision, else it gives its default. A pin to an implementation that
//! exists holds nevertheless. Publishing compiles more strictly ([`Stage::Publish`]), so that mistakes are refused before they
//! are stored.
//!
//! | problem | stored | publish |
//! |---|---|---|
//! | a part that cannot be read, see [`model`](crate::model#the-json-of-a-state) | yes | yes |
//! | an implementation, segment or input that the declaration does not have | yes | yes |
//! | `input` is missing where a segment can be taken from several inputs | yes | yes |
//! | an attribute that no program has | no: the check is unknown | yes |
//! | a weight or share that is not 0 to 100 with at most four decimals; weights that do not sum to 100 | yes | yes |
//! | `by` is a float segment; `by` is `"random"` in an experiment | yes | yes |
//! | an empty seed, or one of more than 200 bytes | yes | yes |
//! | a missing seed | yes | no: publishing makes one |
//! | slots that are not 1 000 000 or do not agree with the weights | yes | no: publishing makes them |
//! | a ramp without `from`, or `from` as weights | yes | no: publishing makes slots of it |
//! | a ramp whose `start` or `duration` cannot be read | yes | yes |
//! | a range of `reassigned` beyond the last slot | yes | yes |
//! | a pattern, version range or time that cannot be read | yes | yes |
//! | an operand of another type than the segment's, or outside of its options | no: it does not pass | yes |
//! | an operator for text on a segment that is not text | no: it does not pass, or is unknown | yes |
//! | a name that is taken twice or is not a [name](crate::text::check_name); a seed that is used twice | no | yes |
//! | a ramp's `start` with another offset than `Z` | no | yes |
//! | a number that JSON cannot hold | yes | yes |
//! | more than a [limit](crate::model::limits) allows | yes | yes |

mod budget;
mod condition;
mod pattern;
mod planned;
pub(crate) mod route;
mod selector;

use std::collections::BTreeMap;
use std::sync::Arc;

use self::budget::{Budget, Cost};
use self::pattern::Patterns;
use self::route::lookup::Lookup;
use self::route::matcher::{Matcher, Test};
use self::route::operand::Operand;
use self::route::source::Source;
use self::route::{MAX_REMEMBERED, Rule, Table, UnitOverrides};
use crate::error::{Problem, Problems, quoted};
use crate::text::check_name;

use crate::model::{ApplicableSegment, Attributes, Declaration, State, Value, join, limits};

pub use self::planned::compile_planned;
pub use self::route::Route;
pub use self::route::choices::Choices;
pub(crate) use self::route::experiment::Experiment;

/// What a state is compiled for.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The feature.
    pub declaration: &'a Declaration,
    /// The program's own attributes. Conditions on them are decided here, once.
    pub attributes: &'a Attributes<'a>,
    /// Whether the state is about to be published, or was.
    pub stage: Stage<'a>,
    /// The version of the state.
    pub version: u64,
}

/// How strict compiling is.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a> {
    /// Before publishing: whatever is doubtful is a problem, seeds and slots may be missing.
    Publish {
        /// The names of attributes that other programs have.
        other_attributes: &'a [String],
    },
    /// From a store: only what cannot be used is a problem.
    Stored,
}

/// A compiled state.
#[derive(Debug)]
pub struct Compiled {
    /// The route. With problems there is one only if the feature is pinned: the pin holds whatever the rest says.
    pub route: Option<Route>,
    /// The problems, in the order of the document: at most 100, and one that says how many more there are.
    pub problems: Vec<Problem>,
}

/// Compiles a state.
pub fn compile(state: &State, context: Context<'_>) -> Compiled {
    let (version, default) = (context.version, context.declaration.default);
    let mut compiler = Compiler::new(context, state);
    let pinned = state.pinned.as_deref().and_then(|name| compiler.implementation("pinned", name));
    if compiler.knows_too_little() {
        let route = pinned.map(|choice| Route::pinned(choice, compiler.choices.clone(), default, version));
        return Compiled { route, problems: compiler.problems_with(&state.problems) };
    }
    let overrides = compiler.overrides(state);
    let rules = compiler.rules(state);
    let otherwise = state.otherwise.as_ref().and_then(|otherwise| compiler.selector("otherwise", otherwise));
    compiler.names_and_seeds(state);
    compiler.named_values(state);
    let table = table(&rules);
    let names = Route::join_names(state.rules.iter().take(limits::MAX_RULES).map(|rule| rule.name.as_str()));
    let rules = shared(rules);
    let choices = compiler.choices.clone();
    let mut route =
        Route { version, choices, default, pinned, overrides, table, rules, names, otherwise, remembered: 0 };
    if !remember_shared_segments(&mut route) {
        let message = format!("a state looks at no more than {MAX_REMEMBERED} segments in several places");
        compiler.problem("rules", message);
    }
    let problems = compiler.problems_with(&state.problems);
    let route = match problems.is_empty() {
        true => Some(route),
        false => pinned.map(|choice| Route::pinned(choice, route.choices, default, version)),
    };
    Compiled { route, problems }
}

/// Collects problems while it compiles.
struct Compiler<'a> {
    context: Context<'a>,
    choices: Choices,
    problems: Problems,
    malformed: &'a [Problem],
    budget: Budget,
    patterns: Patterns<'a>,
}

impl<'a> Compiler<'a> {
    fn new(context: Context<'a>, state: &'a State) -> Self {
        let (choices, malformed) = (Choices::new(context.declaration, state), state.problems.as_slice());
        let (problems, budget, patterns) = (Problems::default(), Budget::default(), Patterns::default());
        Self { context, choices, problems, malformed, budget, patterns }
    }

    /// Whether parts that could not be read were only counted: what follows from them cannot be told from other
    /// problems.
    fn knows_too_little(&self) -> bool {
        self.malformed.iter().any(Problem::is_count)
    }

    /// All problems, those of reading and those of compiling, in the order of the document.
    fn problems_with(self, malformed: &[Problem]) -> Vec<Problem> {
        Problems::from(in_order_of_document([malformed, &self.problems.into_vec()].concat())).into_vec()
    }
    /// Something that makes the state useless here. What follows from a part that could not be read is not repeated.
    fn problem(&mut self, path: &str, message: impl Into<String>) {
        if self.is_readable(path) {
            self.problems.push(|| Problem::new(path, message));
        }
    }

    /// A problem with a name: the known one that was probably meant, else all known ones.
    fn unknown<'k>(
        &mut self,
        path: &str,
        message: impl Into<String>,
        given: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        if self.is_readable(path) {
            self.problems.push_listing(|| Problem::new(path, message), given, known);
        }
    }

    fn is_readable(&self, path: &str) -> bool {
        !self.malformed.iter().any(|known| is_within(path, known.path()))
    }

    /// Takes something from the budget of the state. Where that is used up, the first place is a problem, and whatever
    /// comes after it is not compiled.
    fn spend(&mut self, path: &str, cost: Cost, amount: usize) -> Option<()> {
        match self.budget.spend(cost, amount) {
            Ok(spent) => spent,
            Err(message) => {
                self.problem(path, message);
                None
            }
        }
    }

    /// Whether something at a path or within it could not be read, from which problems of the whole follow.
    fn is_malformed(&self, path: &str) -> bool {
        self.malformed.iter().any(|known| is_within(known.path(), path))
    }

    /// Something that is surely a mistake, but has a meaning.
    fn doubt(&mut self, path: &str, message: impl Into<String>) {
        if self.is_publishing() {
            self.problem(path, message);
        }
    }

    fn is_publishing(&self) -> bool {
        matches!(self.context.stage, Stage::Publish { .. })
    }

    fn implementation(&mut self, path: &str, name: &str) -> Option<u16> {
        let position = self.choices.position(name);
        if position.is_none() {
            let choices = self.choices.clone();
            self.unknown(path, format!("no implementation {}", quoted(name)), name, choices.names());
        }
        position
    }

    /// Values are named like implementations, and only where no code declares those.
    fn named_values(&mut self, state: &State) {
        let Context { declaration, .. } = self.context;
        if state.values.is_empty() {
            return;
        }
        if declaration.location.is_some() {
            let message = "code declares the choices of this feature; only a feature that no code declares has values";
            self.problem("values", message);
        }
        self.limit("values", state.values.len(), limits::MAX_NAMED_VALUES);
        for name in state.values.keys().take(limits::MAX_NAMED_VALUES) {
            let path = join("values", name);
            if let Err(message) = check_name(name) {
                self.problem(&path, message);
            } else if declaration.position(name).is_some() {
                self.problem(&path, "an implementation has this name");
            }
        }
    }

    /// The fitting segment of a name, and of an input where several fit.
    fn segment(&mut self, path: &str, name: &str, of: Option<&str>) -> Option<(Source, ApplicableSegment)> {
        let declaration = self.context.declaration;
        let named = || declaration.segments.iter().zip(0_u16..).filter(|(fitting, _)| &*fitting.segment == name);
        let Some((only, position)) = named().next() else {
            let known = declaration.segments.iter().map(|fitting| &*fitting.segment);
            let at = join(path, "segment");
            match self.context.attributes.get(name) {
                Some(_) => {
                    let name = quoted(name);
                    self.problem(
                        &at,
                        format!("no segment named {name}; it is an attribute: write \"attribute\": {name}"),
                    );
                }
                None => {
                    let message = format!("no segment named {} fits {}", quoted(name), quoted(&declaration.name));
                    self.unknown(&at, message, name, known);
                }
            }
            return None;
        };
        if only.input.is_none() {
            let inputs = &declaration.inputs;
            if let Some(of) = of.filter(|of| !inputs.is_empty() && inputs.iter().all(|input| &*input.name != *of)) {
                let known = inputs.iter().map(|input| &*input.name);
                self.unknown(&join(path, "input"), format!("no input named {}", quoted(of)), of, known);
                return None;
            }
            return Some((Source::at(position), only.clone()));
        }
        let inputs: Vec<&str> = named().filter_map(|(fitting, _)| fitting.input.as_deref()).collect();
        let found = named().find(|(fitting, _)| fitting.input.as_deref() == of);
        if found.is_none() {
            let choices = inputs.iter().map(|input| quoted(input)).collect::<Vec<_>>().join(", ");
            let message =
                format!("{name} can be taken from several inputs; say which one: \"input\" is one of {choices}");
            let path = join(path, "input");
            if self.is_readable(&path) {
                self.problems.push_meaning(|| Problem::new(path, message), of.unwrap_or(""), inputs);
            }
        }
        found.map(|(fitting, position)| (Source::at(position), fitting.clone()))
    }

    /// What JSON cannot hold would be stored as something that nobody can read.
    fn number(&mut self, path: impl FnOnce() -> String, value: &Value<'_>) {
        let holds = match value {
            Value::Float(float) => float.is_finite(),
            Value::Integer(integer) => i64::try_from(*integer).is_ok() || u64::try_from(*integer).is_ok(),
            Value::Text(_) | Value::Bool(_) => true,
        };
        if !holds {
            self.problem(
                &path(),
                format!("{value} cannot be stored; a number is finite, an integer within i64 or u64"),
            );
        }
    }

    /// An operand of another type or beyond the options can never be equal.
    fn operand(&mut self, path: &str, value: &Value<'_>, segment: &ApplicableSegment) {
        if !value.kind().is_comparable_with(segment.kind) {
            let shown = value.as_text().map_or_else(|| format!("{value:?}"), quoted);
            let message = format!("{shown} is {}, but {} is {}", value.kind(), segment.segment, segment.kind);
            self.doubt(path, message);
            return;
        }
        let options = || segment.options.iter().map(|option| &**option);
        if let Some(text) = value.as_text().filter(|text| !segment.options.is_empty() && options().all(|o| o != *text))
        {
            let message = format!("{} is no option of {}", quoted(text), segment.segment);
            if self.is_publishing() {
                self.unknown(path, message, text, options());
            }
        }
    }

    fn overrides(&mut self, state: &State) -> Arc<[UnitOverrides]> {
        self.limit("overrides", state.overrides.len(), limits::MAX_OVERRIDES);
        let mut compiled: Vec<(Source, Vec<(&Value<'static>, u16)>)> = Vec::new();
        for (at, unit_override) in state.overrides.iter().enumerate().take(limits::MAX_OVERRIDES) {
            let path = format!("overrides[{at}]");
            let values_path = join(&path, "values");
            self.limit(&values_path, unit_override.values.len(), limits::MAX_VALUES);
            let Some(()) = self.values(&values_path, &unit_override.values) else { continue };
            let found = self.segment(&path, &unit_override.segment, unit_override.input.as_deref());
            let choice = self.implementation(&join(&path, "use"), &unit_override.choice);
            let Some((source, segment)) = found else { continue };
            for (position, value) in unit_override.values.iter().enumerate() {
                let path = format!("{values_path}[{position}]");
                self.number(|| path.clone(), value);
                self.operand(&path, value, &segment);
            }
            let Some(choice) = choice else { continue };
            let pairs = unit_override.values.iter().map(|value| (value, choice));
            match compiled.last_mut() {
                Some((last, values)) if *last == source => values.extend(pairs),
                _ => compiled.push((source, pairs.collect())),
            }
        }
        let overrides = compiled.into_iter();
        let lookup = |values: Vec<(&Value<'static>, u16)>| Lookup::new(values.into_iter());
        shared(overrides.map(|(source, values)| UnitOverrides { source, choices: lookup(values) }).collect())
    }

    /// Takes the values of a list from the budget.
    fn values(&mut self, path: &str, values: &[Value<'_>]) -> Option<()> {
        self.spend(path, Cost::Values, values.len())?;
        self.spend(path, Cost::OperandBytes, values.iter().map(operand_bytes).fold(0, usize::saturating_add))
    }

    fn rules(&mut self, state: &'a State) -> Vec<Rule> {
        self.limit("rules", state.rules.len(), limits::MAX_RULES);
        let mut rules = Vec::new();
        for (at, rule) in state.rules.iter().enumerate().take(limits::MAX_RULES) {
            let test = self.condition(&format!("rules[{at}].when"), &rule.when, 0);
            let select = self.selector(&format!("rules[{at}].select"), &rule.select);
            if let (Some(test), Some(select)) = (test, select) {
                rules.push(Rule { test, select });
            }
        }
        rules
    }

    fn limit(&mut self, path: &str, length: usize, limit: usize) {
        if length > limit {
            self.problem(path, format!("{length} entries; at most {limit} are allowed"));
        }
    }

    /// Rules are found again by name, rollouts by seed.
    fn names_and_seeds(&mut self, state: &State) {
        let mut names = BTreeMap::new();
        for (at, rule) in state.rules.iter().enumerate().take(limits::MAX_RULES) {
            let path = format!("rules[{at}].name");
            if let Err(message) = check_name(&rule.name) {
                self.doubt(&path, message);
            }
            if let Some(first) = names.insert(&rule.name, at) {
                self.doubt(&path, format!("rules[{first}] has the name {} too", quoted(&rule.name)));
            }
        }
        let mut seeds = BTreeMap::new();
        for (place, selector) in state.selectors() {
            let Some(seed) = selector.rollout().and_then(|rollout| rollout.seed.as_ref()) else { continue };
            if let Some(first) = seeds.insert(seed, place.path()) {
                let message = format!("{first} has this seed too; leave it out for a new one");
                self.doubt(&join(&join(&place.path(), selector.kind()), "seed"), message);
            }
        }
    }
}

/// An empty list takes no memory of its own.
fn shared<T>(items: Vec<T>) -> Arc<[T]> {
    if items.is_empty() { Arc::default() } else { items.into() }
}

/// The rules at the front that ask whether one segment equals something become one table.
fn table(rules: &[Rule]) -> Option<Arc<Table>> {
    const WORTH_IT: usize = 4;
    let (source, _) = equality(rules.first()?)?;
    let leading = rules
        .iter()
        .zip(0_u16..)
        .map_while(|(rule, at)| equality(rule).filter(|(other, _)| *other == source).map(|(_, value)| (value, at)));
    let pairs: Vec<_> = leading.map(|(operand, at)| (operand.value(), at)).collect();
    let length = u16::try_from(pairs.len()).ok()?;
    let lookup = || Lookup::new(pairs.iter().map(|(value, at)| (value, *at)));
    (pairs.len() >= WORTH_IT).then(|| Arc::new(Table { source, rules: lookup(), length }))
}

/// The segment and the operand of a rule that asks for equality.
fn equality(rule: &Rule) -> Option<(Source, &Operand)> {
    match &rule.test {
        Test::Check { source, matcher: Matcher::Equal(operand), negated: false } => Some((*source, operand)),
        _ => None,
    }
}

/// A segment runs at most once in an evaluation. Those that only one place looks at need no memory for that.
fn remember_shared_segments(route: &mut Route) -> bool {
    let mut uses: BTreeMap<u16, u32> = BTreeMap::new();
    route.for_each_source(&mut |source| *uses.entry(source.position).or_default() += 1);
    let shared = uses.into_iter().filter(|(_, uses)| *uses > 1).map(|(position, _)| position);
    let memories: BTreeMap<u16, u16> = shared.zip(0..).collect();
    route.for_each_source(&mut |source| {
        source.memory = memories.get(&source.position).copied().unwrap_or(Source::NOWHERE);
    });
    route.remembered = u16::try_from(memories.len()).unwrap_or(u16::MAX);
    route.remembered <= MAX_REMEMBERED
}

/// How much of the budget an operand takes.
fn operand_bytes(value: &Value<'_>) -> usize {
    value.as_text().map_or(size_of::<u64>(), str::len)
}

/// Whether a path leads to a part of what another one leads to, or to the same.
fn is_within(path: &str, whole: &str) -> bool {
    let rest = path.strip_prefix(whole);
    whole.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// What could not be read and what could not be compiled were found in two passes.
fn in_order_of_document(mut problems: Vec<Problem>) -> Vec<Problem> {
    let place = |problem: &Problem| {
        let path = problem.path();
        let part = State::KEYS.iter().position(|part| path.starts_with(part));
        let index = path.split(['[', ']']).nth(1).and_then(|index| index.parse::<usize>().ok());
        let select = path.contains("].select");
        (problem.is_count(), part, index, select)
    };
    problems.sort_by_key(place);
    problems
}
