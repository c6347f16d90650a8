//! Compilation of a state for a declaration, which returns either a route or all problems with their paths.
//!
//! A program compiles a state when it loads it from a store ([`Stage::Stored`]). If there is a problem, the feature is
//! *quarantined* in this program: it keeps serving its last valid revision, or else its default. A pin to an existing
//! implementation is still applied. Publishing compiles more strictly ([`Stage::Publish`]), so that mistakes are rejected before
//! they are stored. A flag that is disabled or archived is checked like any other, so that it can be enabled.
//!
//! | problem | when loaded | on publish |
//! |---|---|---|
//! | a part that cannot be parsed, see [`model`](crate::model#the-json-of-a-state) | yes | yes |
//! | an implementation, segment or input that the declaration does not have; a flag has every segment and no input | yes | yes |
//! | a missing `input` where a segment applies to several inputs | yes | yes |
//! | an attribute that no program has | no: the predicate is unknown | yes |
//! | a weight or share that is not 0 to 100 with at most four decimals; weights that do not sum to 100 | yes | yes |
//! | `by` is a float segment, except in a flag; `by` is `"random"` or several segments in an experiment | yes | yes |
//! | a list as `by` that has a segment twice, or with others one that applies to several inputs; `[]`, except in a flag | yes | yes |
//! | an empty seed, or one of more than 200 bytes | yes | yes |
//! | a missing seed | yes | no: publishing generates one |
//! | slots that do not sum to 1 000 000 or do not match the weights | yes | no: publishing replaces them |
//! | a ramp without `from`, or with weights as `from` | yes | no: publishing converts it to slots |
//! | a ramp whose `start` or `duration` cannot be parsed | yes | yes |
//! | a range of `reassigned` beyond the last slot | yes | yes |
//! | a pattern, version range or time that cannot be parsed | yes | yes |
//! | an operand of another type than the segment's, or outside of its options | no: it is equal to no value | yes |
//! | a text operator on a segment that is not text | no: the predicate is false or unknown | yes |
//! | a duplicate name, or one that is not a [valid name](crate::text::check_name); a duplicate seed | no | yes |
//! | a ramp's `start` with an offset other than `Z` | no | yes |
//! | `values` of a feature that code declares; a value with the name of an implementation | yes | yes |
//! | `flag` in the state of a feature that is not a flag | no: the feature [adopts](crate::model#adoption) what it can use | yes |
//! | no `flag` in the state of a flag | no | yes |
//! | a number that JSON cannot represent | yes | yes |
//! | more than a [limit](crate::model::limits) allows | yes | yes |

mod bucketed;
mod budget;
mod condition;
mod flag;
mod flag_attributes;
mod overrides;
mod pattern;
mod planned;
pub(crate) mod route;
mod selector;
mod table;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value as Json;

use self::budget::{Budget, Cost};
use self::flag_attributes::FlagAttributes;
use self::pattern::Patterns;
use self::route::matcher::CompiledCondition;
use self::route::source::Source;
use self::route::{MAX_CACHED_SEGMENTS, Rule};
use self::table::equality_table;
use crate::error::{Problem, Problems, quoted};
use crate::text::check_name;

use crate::model::{ApplicableSegment, Attributes, Declaration, State, Value, join, limits};

pub use self::planned::compile_planned;
pub use self::route::Route;
pub use self::route::choices::Choices;
pub(crate) use self::route::experiment::Experiment;

/// The context in which a state is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The feature.
    pub declaration: &'a Declaration,
    /// The program's own attributes. Conditions on them are evaluated at compile time.
    pub attributes: &'a Attributes<'a>,
    /// The strictness of the checks.
    pub stage: Stage<'a>,
    /// The version of the state.
    pub version: u64,
}

/// The stage at which a state is compiled, which determines the strictness of the checks.
#[derive(Clone, Copy, Debug)]
pub enum Stage<'a> {
    /// Before publishing: likely mistakes are problems too; seeds and slots may be missing.
    Publish {
        /// The names of attributes that only other programs have.
        other_attributes: &'a [String],
    },
    /// After loading from a store: only what prevents the use of the state is a problem.
    Stored,
}

/// A compiled state.
#[derive(Debug)]
pub struct Compiled {
    /// The route. With problems, there is a route only if the feature is pinned: a pin applies regardless of the rest.
    pub route: Option<Route>,
    /// The problems, in document order: at most 100, then one that counts the rest.
    pub problems: Vec<Problem>,
}

/// Compiles a state.
pub fn compile(state: &State, context: Context<'_>) -> Compiled {
    match state.decisive(context.declaration) {
        Cow::Borrowed(state) => compile_parts(state, context),
        Cow::Owned(decisive) if context.declaration.flag => {
            // A disabled flag is checked as a whole, so that it can be enabled later.
            let whole = compile_parts(state, context);
            if whole.problems.is_empty() { compile_parts(&decisive, context) } else { whole }
        }
        Cow::Owned(adopted) => {
            let mut compiled = compile_parts(&adopted, context);
            // Code that asks for the flag by name supplies attributes, which the segments replace.
            if let Some(route) = &mut compiled.route {
                route.attributes = context.declaration.segments.iter().map(|known| known.segment.clone()).collect();
            }
            compiled
        }
    }
}

fn compile_parts(state: &State, context: Context<'_>) -> Compiled {
    let (version, default) = (context.version, context.declaration.default);
    let mut compiler = Compiler::new(context, state);
    let pinned = state.pinned.as_deref().and_then(|name| compiler.implementation("pinned", name));
    if compiler.has_omitted_problems() {
        let route = pinned.map(|choice| Route::pinned(choice, compiler.choices.clone(), default, version));
        return Compiled { route, problems: compiler.problems_with(&state.problems) };
    }
    let overrides = compiler.overrides(state);
    let rules = compiler.rules(state);
    let otherwise = state.otherwise.as_ref().and_then(|otherwise| compiler.selector("otherwise", otherwise));
    compiler.check_names_and_seeds(state);
    compiler.check_named_values(state);
    compiler.check_flag(state);
    let table = equality_table(&rules);
    let names = Route::join_names(state.rules.iter().take(limits::MAX_RULES).map(|rule| rule.name.as_str()));
    let rules = shared(rules);
    let choices = compiler.choices.clone();
    let attributes = std::mem::take(&mut compiler.flag_attributes).into_names();
    let (constant, cached) = (None, 0);
    let mut route = Route {
        version,
        choices,
        default,
        pinned,
        overrides,
        table,
        rules,
        names,
        otherwise,
        constant,
        attributes,
        cached,
    }
    .with_constant();
    // Looking up an attribute of a flag is as cheap as a cache.
    if !context.declaration.flag && !cache_shared_segments(&mut route) {
        let message = format!("a state can use at most {MAX_CACHED_SEGMENTS} segments in more than one place");
        compiler.problem("rules", message);
    }
    let problems = compiler.problems_with(&state.problems);
    let route = match problems.is_empty() {
        true => Some(route),
        false => pinned.map(|choice| Route::pinned(choice, route.choices, default, version)),
    };
    Compiled { route, problems }
}

/// A compiler that collects problems.
struct Compiler<'a> {
    context: Context<'a>,
    choices: Choices,
    problems: Problems,
    parse_problems: &'a [Problem],
    budget: Budget,
    patterns: Patterns<'a>,
    flag_attributes: FlagAttributes,
}

impl<'a> Compiler<'a> {
    fn new(context: Context<'a>, state: &'a State) -> Self {
        let (choices, parse_problems) = (Choices::new(context.declaration, state), state.problems.as_slice());
        let (problems, budget, patterns) = (Problems::default(), Budget::default(), Patterns::default());
        let flag_attributes = FlagAttributes::default();
        Self { context, choices, problems, parse_problems, budget, patterns, flag_attributes }
    }

    /// Returns `true` if some parse problems were only counted: their consequences cannot be distinguished from other problems.
    fn has_omitted_problems(&self) -> bool {
        self.parse_problems.iter().any(Problem::is_count)
    }

    /// Returns all problems of parsing and compiling, in document order.
    fn problems_with(self, parse_problems: &[Problem]) -> Vec<Problem> {
        Problems::from(in_order_of_document([parse_problems, &self.problems.into_vec()].concat())).into_vec()
    }
    /// Adds a problem that prevents the use of the state. Consequences of a parse problem are not reported again.
    fn problem(&mut self, path: &str, message: impl Into<String>) {
        if self.is_readable(path) {
            self.problems.push(|| Problem::new(path, message));
        }
    }

    /// Adds a problem with a name, which suggests the most similar known name, or else lists the known names.
    fn unknown_name<'k>(
        &mut self,
        path: &str,
        message: impl Into<String>,
        given: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) {
        if self.is_readable(path) {
            self.problems.push_with_known_names(|| Problem::new(path, message), given, known);
        }
    }

    fn is_readable(&self, path: &str) -> bool {
        !self.parse_problems.iter().any(|known| is_within(path, known.path()))
    }

    /// Spends part of the state's budget. The first place that exceeds it gets a problem, and nothing after it is compiled.
    fn spend(&mut self, path: &str, cost: Cost, amount: usize) -> Option<()> {
        match self.budget.spend(cost, amount) {
            Ok(spent) => spent,
            Err(message) => {
                self.problem(path, message);
                None
            }
        }
    }

    /// Returns `true` if there is a parse problem at a path or within it, which may cause problems of the whole.
    fn is_malformed(&self, path: &str) -> bool {
        self.parse_problems.iter().any(|known| is_within(known.path(), path))
    }

    /// Adds a likely mistake, which is a problem only on publish.
    fn problem_on_publish(&mut self, path: &str, message: impl Into<String>) {
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
            self.unknown_name(path, format!("unknown implementation {}", quoted(name)), name, choices.names());
        }
        position
    }

    /// Checks the named values: their names differ from the implementations, and only a feature without declaration has values.
    fn check_named_values(&mut self, state: &State) {
        let Context { declaration, .. } = self.context;
        if state.values.is_empty() {
            return;
        }
        if declaration.location.is_some() {
            let message =
                "this feature is declared in code; only features that are not declared in code can have values";
            self.problem("values", message);
        }
        self.check_limit("values", state.values.len(), limits::MAX_NAMED_VALUES);
        for (name, value) in state.values.iter().take(limits::MAX_NAMED_VALUES) {
            let path = join("values", name);
            self.check_depth("values", name, value);
            if let Err(message) = check_name(name) {
                self.problem(&path, message);
            } else if declaration.position(name).is_some() {
                self.problem(&path, "an implementation has this name");
            }
        }
    }

    /// Returns the applicable segment with a name, and with an input if several apply.
    fn segment(&mut self, path: &str, name: &str, input: Option<&str>) -> Option<(Source, ApplicableSegment)> {
        let declaration = self.context.declaration;
        let candidates =
            || declaration.segments.iter().zip(0_u16..).filter(|(applicable, _)| &*applicable.segment == name);
        let Some((only, position)) = candidates().next() else {
            let known = declaration.segments.iter().map(|applicable| &*applicable.segment);
            let segment_path = join(path, "segment");
            match self.context.attributes.get(name) {
                Some(_) => {
                    let name = quoted(name);
                    self.problem(
                        &segment_path,
                        format!("{name} is not a segment but an attribute; write \"attribute\": {name}"),
                    );
                }
                None => {
                    let message = format!("no segment named {} applies to {}", quoted(name), quoted(&declaration.name));
                    self.unknown_name(&segment_path, message, name, known);
                }
            }
            return None;
        };
        if only.input.is_none() {
            let inputs = &declaration.inputs;
            let is_unknown = |given: &&str| !inputs.is_empty() && inputs.iter().all(|known| &*known.name != *given);
            if let Some(given) = input.filter(is_unknown) {
                let known = inputs.iter().map(|known| &*known.name);
                self.unknown_name(&join(path, "input"), format!("no input named {}", quoted(given)), given, known);
                return None;
            }
            return Some((Source::new(position), only.clone()));
        }
        let inputs: Vec<&str> = candidates().filter_map(|(applicable, _)| applicable.input.as_deref()).collect();
        let found = candidates().find(|(applicable, _)| applicable.input.as_deref() == input);
        if found.is_none() {
            let choices = inputs.iter().map(|input| quoted(input)).collect::<Vec<_>>().join(", ");
            let message = format!("{name} applies to several inputs; set \"input\" to one of {choices}");
            let path = join(path, "input");
            if self.is_readable(&path) {
                self.problems.push_with_suggestion(|| Problem::new(path, message), input.unwrap_or(""), inputs);
            }
        }
        found.map(|(applicable, position)| (Source::new(position), applicable.clone()))
    }

    /// Rejects numbers that JSON cannot represent: once stored, they could not be read.
    fn check_number(&mut self, path: impl FnOnce() -> String, value: &Value<'_>) {
        let holds = match value {
            Value::Float(float) => float.is_finite(),
            Value::Integer(integer) => i64::try_from(*integer).is_ok() || u64::try_from(*integer).is_ok(),
            Value::Text(_) | Value::Bool(_) => true,
        };
        if !holds {
            self.problem(
                &path(),
                format!("{value} cannot be stored; numbers must be finite, and integers must fit into i64 or u64"),
            );
        }
    }

    /// Reports operands of another type or outside of the options: they can never be equal.
    fn check_operand(&mut self, path: &str, value: &Value<'_>, segment: &ApplicableSegment) {
        if !value.kind().is_comparable_with(segment.kind) {
            let shown = value.as_text().map_or_else(|| format!("{value:?}"), quoted);
            let message = format!("{shown} is {}, but {} is {}", value.kind(), segment.segment, segment.kind);
            self.problem_on_publish(path, message);
            return;
        }
        let options = || segment.options.iter().map(|option| &**option);
        if let Some(text) = value.as_text().filter(|text| !segment.options.is_empty() && options().all(|o| o != *text))
        {
            let message = format!("{} is not an option of {}", quoted(text), segment.segment);
            if self.is_publishing() {
                self.unknown_name(path, message, text, options());
            }
        }
    }

    /// Spends the budget for the values of a list.
    fn spend_values(&mut self, path: &str, values: &[Value<'_>]) -> Option<()> {
        self.spend(path, Cost::Values, values.len())?;
        self.spend(path, Cost::OperandBytes, values.iter().map(operand_bytes).fold(0, usize::saturating_add))
    }

    fn rules(&mut self, state: &'a State) -> Vec<Rule> {
        self.check_limit("rules", state.rules.len(), limits::MAX_RULES);
        let mut rules = Vec::new();
        for (index, rule) in state.rules.iter().enumerate().take(limits::MAX_RULES) {
            let condition = match self.condition(&format!("rules[{index}].when"), &rule.when, 0) {
                // A rule for everyone, such as that of a gate, is evaluated without a call.
                Some(CompiledCondition::All(parts)) if parts.is_empty() => {
                    Some(CompiledCondition::Constant(Some(true)))
                }
                condition => condition,
            };
            let select = self.selector(&format!("rules[{index}].select"), &rule.select);
            if let (Some(condition), Some(select)) = (condition, select) {
                rules.push(Rule { condition, select });
            }
        }
        rules
    }

    fn check_limit(&mut self, path: &str, length: usize, limit: usize) {
        if length > limit {
            self.problem(path, format!("too many entries: {length}; the limit is {limit}"));
        }
    }

    /// Checks the depth of JSON. A reader could not parse a deeper document.
    fn check_depth(&mut self, path: &str, key: &str, json: &Json) {
        if is_deeper_than(json, limits::MAX_JSON_DEPTH) {
            self.problem(&join(path, key), format!("JSON can have at most {} levels", limits::MAX_JSON_DEPTH));
        }
    }

    /// Checks names and seeds, which identify rules and rollouts.
    fn check_names_and_seeds(&mut self, state: &State) {
        let mut names = BTreeMap::new();
        for (index, rule) in state.rules.iter().enumerate().take(limits::MAX_RULES) {
            let path = format!("rules[{index}].name");
            if let Err(message) = check_name(&rule.name) {
                self.problem_on_publish(&path, message);
            }
            if let Some(first) = names.insert(&rule.name, index) {
                self.problem_on_publish(
                    &path,
                    format!("duplicate name {}: rules[{first}] has it too", quoted(&rule.name)),
                );
            }
        }
        let mut seeds = BTreeMap::new();
        for (place, selector) in state.selectors() {
            let Some(seed) = selector.rollout().and_then(|rollout| rollout.seed.as_ref()) else { continue };
            if let Some(first) = seeds.insert(seed, place.path()) {
                let message = format!("duplicate seed: {first} has it too; omit the seed to get a new one");
                self.problem_on_publish(&join(&join(&place.path(), selector.kind()), "seed"), message);
            }
        }
    }
}

/// Returns `true` if JSON has more levels of arrays and objects.
fn is_deeper_than(json: &Json, levels: usize) -> bool {
    let is_deeper = |part: &Json| levels.checked_sub(1).is_none_or(|levels| is_deeper_than(part, levels));
    match json {
        Json::Array(items) => items.iter().any(is_deeper),
        Json::Object(fields) => fields.values().any(is_deeper),
        _ => false,
    }
}

/// Converts to a shared slice; an empty one does not allocate.
fn shared<T>(items: Vec<T>) -> Arc<[T]> {
    if items.is_empty() { Arc::default() } else { items.into() }
}

/// Assigns cache entries to segments that are used in more than one place, so that each segment runs at most once per evaluation.
/// Returns `false` if there are too many of them.
fn cache_shared_segments(route: &mut Route) -> bool {
    let mut uses: BTreeMap<u16, u32> = BTreeMap::new();
    route.for_each_source(&mut |source| *uses.entry(source.position).or_default() += 1);
    let shared = uses.into_iter().filter(|(_, uses)| *uses > 1).map(|(position, _)| position);
    let cache_indexes: BTreeMap<u16, u16> = shared.zip(0..).collect();
    route.for_each_source(&mut |source| {
        source.cache_index = cache_indexes.get(&source.position).copied().unwrap_or(Source::NOT_CACHED);
    });
    route.cached = u16::try_from(cache_indexes.len()).unwrap_or(u16::MAX);
    route.cached <= MAX_CACHED_SEGMENTS
}

/// Returns the size of an operand in the budget.
fn operand_bytes(value: &Value<'_>) -> usize {
    value.as_text().map_or(size_of::<u64>(), str::len)
}

/// Returns `true` if a path is equal to `whole` or leads into it.
fn is_within(path: &str, whole: &str) -> bool {
    let rest = path.strip_prefix(whole);
    whole.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Sorts problems, which parsing and compiling found in two passes.
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
