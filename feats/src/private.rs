//! Hidden names for generated code. Nothing here is public API, and any release may change it.

pub use inventory;
pub use serde;

pub use crate::edit::operators::{bool_operators, float_operators, integer_operators, text_operators};
pub use crate::model::{FeatureKind, Input, Value, ValueKind};
pub use crate::registry::{
    Cons, FeatureCell, FeatureEntry, FeatureRegistration, ImplementationEntry, In, InputEntry, Inputs, LocationEntry,
    Nil, Owned, SegmentEntry, SegmentFunction, SegmentOf, SegmentRegistration, SegmentValue, Takes, parse,
};

use std::any::{Any, TypeId, type_name};

use crate::app::{Decision, rule_name};
use crate::evaluate::Outcome;
use crate::model::{Attributes, SegmentFn};
use crate::registry::{Arguments, Feature, registry};
use crate::scope::{self, CounterLocation, DeferredDecision, Purpose, Request};

/// Implements `create`: decides, then records and counts the use.
#[inline]
pub fn create<F: Feature>(inputs: &[Input<'_>]) -> F {
    if is_default::<F>() {
        scope::count_default(counters::<F>(), F::entry().default);
        return F::DEFAULT;
    }
    implementation(decide(F::entry(), inputs, &Purpose::Create(counters::<F>())))
}

/// Implements `find_implementation`: decides and records nothing.
#[inline]
pub fn find<F: Feature>(inputs: &[Input<'_>]) -> F {
    if is_default::<F>() {
        return F::DEFAULT;
    }
    implementation(decide(F::entry(), inputs, &Purpose::Find))
}

/// Returns `true` if the default is used without a decision, because neither a state nor a scope can affect the feature. This
/// costs one load and one flag.
#[inline]
fn is_default<F: Feature>() -> bool {
    !F::entry().cell.is_routed() && !scope::affects_every_feature()
}

fn decide(entry: &'static FeatureEntry, inputs: &[Input<'_>], purpose: &Purpose<'_>) -> u16 {
    let subject = &Arguments { inputs, cell: entry.cell };
    Request { position: entry.cell.position(), default: entry.default, subject, purpose }.decide()
}

#[inline]
fn counters<F: Feature>() -> CounterLocation {
    CounterLocation(F::entry().cell.counters())
}

#[inline]
fn implementation<F: Feature>(choice: u16) -> F {
    F::ALL.get(usize::from(choice)).copied().unwrap_or(F::DEFAULT)
}

/// Implements `create_async`: decides, and resolves deferred look-ups when it is polled. Records and counts the use.
pub fn begin_create<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    begin(inputs, Some(counters::<F>()))
}

/// Implements `find_implementation_async`: decides, and resolves deferred look-ups when it is polled. Records nothing.
pub fn begin_find<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    begin(inputs, None)
}

fn begin<F: Feature>(
    inputs: &[Input<'_>],
    counters: Option<CounterLocation>,
) -> impl Future<Output = F> + Send + use<F> {
    let deferred = DeferredDecision::new(counters);
    let choice = decide(F::entry(), inputs, &Purpose::Begin(&deferred));
    async move { implementation(deferred.resolve(choice).await) }
}

/// Implements `create_async` of a feature whose functions are not asynchronous.
///
/// It is generic, so that the crate of a feature contains no coroutine: checking one would take a third of the compile time of a
/// feature.
pub async fn create_async<F: Feature, I: Inputs, O>(inputs: I, build: impl FnOnce(F, I) -> O) -> O {
    let decision = inputs.with(begin_create::<F>);
    build(decision.await, inputs)
}

/// Implements `find_implementation_async`. It is generic for the same reason as [`create_async`].
pub async fn find_async<F: Feature>(inputs: impl Inputs) -> F {
    let decision = inputs.with(begin_find::<F>);
    decision.await
}

/// Implements `when_enabled` for a flag: decides with the app of the current scope, else the process-wide app, and counts the use.
/// Without an app, or without such a flag, the result is `false`.
pub fn is_flag_enabled(name: &str, attributes: &Attributes<'_>) -> bool {
    crate::flags::is_enabled_in_scope(name, attributes)
}

/// Implements `used_implementation`: records and counts the use of an implementation that was chosen earlier.
pub fn used<F: Feature>(implementation: F, inputs: &[Input<'_>]) {
    if is_default::<F>() {
        scope::count_default(counters::<F>(), implementation.position());
    } else {
        decide(F::entry(), inputs, &Purpose::Use(counters::<F>(), implementation.position()));
    }
}

/// Implements `explain`: decides and returns the reason.
pub fn explain<F: Feature>(inputs: &[Input<'_>]) -> Decision<F> {
    registry();
    let (outcome, rule) = outcome_and_rule(F::entry(), inputs);
    Decision::new(implementation(outcome.choice), outcome, rule)
}

fn outcome_and_rule(entry: &'static FeatureEntry, inputs: &[Input<'_>]) -> (Outcome, Option<String>) {
    let subject = &Arguments { inputs, cell: entry.cell };
    let (position, purpose) = (entry.cell.position(), &Purpose::Explain);
    let request = Request { position, default: entry.default, subject, purpose };
    request.observe(None, |outcome, revision| (outcome, rule_name(outcome, revision)))
}

/// Deserializes the wire name of an implementation. The macros call it in `Deserialize`.
///
/// # Errors
/// The text is not the name of an implementation.
pub fn deserialize<'de, F: Feature, D: serde::Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}

/// Creates the entry of an input of type `T` (`str` for `&str`).
pub const fn input<T: ?Sized + 'static>(name: &'static str) -> InputEntry {
    InputEntry { name, type_id: TypeId::of::<T>, type_name: type_name::<T> }
}

/// Creates the entry of a function of a segment that takes a `T` (`str` for `&str`).
pub const fn segment_function<T: ?Sized + 'static>(extract: SegmentFn) -> SegmentFunction {
    SegmentFunction { type_id: TypeId::of::<T>, type_name: type_name::<T>, extract }
}

/// A boolean feature, which `when_enabled` takes as its condition.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a boolean feature",
    label = "declare it with `#[feats::boolean]`, or write the name of a flag in quotes"
)]
pub trait BooleanFeature: Feature {
    /// The feature itself, whose functions are not those of a trait.
    type Handle;
}

/// Calls the body of a function that `when_enabled` wraps in a closure.
#[inline]
pub fn call<T>(body: impl FnOnce() -> T) -> T {
    body()
}

/// A type that the function of a segment may take by value.
#[diagnostic::on_unimplemented(
    message = "a segment can take `{Self}` only by reference",
    label = "write `&{Self}`: a segment cannot take ownership of the value"
)]
pub trait ByValue: Any + Copy {}

impl<T: Any + Copy> ByValue for T {}

/// Copies an input for the function of a segment that takes it by value.
#[inline]
pub fn copied<T: ByValue>(input: Input<'_>) -> Option<T> {
    input.get().copied()
}

/// Returns the name of the package; without Cargo, that of the crate, which is the first part of a module path.
pub const fn crate_name(package: Option<&'static str>, module: &'static str) -> &'static str {
    match package {
        Some(package) => package,
        None => first_segment(module, 0),
    }
}

/// Returns the version of the package; empty without Cargo.
pub const fn crate_version(version: Option<&'static str>) -> &'static str {
    match version {
        Some(version) => version,
        None => "",
    }
}

const fn first_segment(path: &'static str, length: usize) -> &'static str {
    match path.split_at_checked(length) {
        None => path,
        Some((first, rest)) if matches!(rest.as_bytes(), [] | [b':', ..]) => first,
        Some(_) => first_segment(path, length + 1),
    }
}

/// Returns the location of the item that a macro is applied to.
#[doc(hidden)]
#[macro_export]
macro_rules! __location {
    () => {
        $crate::__private::LocationEntry {
            crate_name: $crate::__private::crate_name(::core::option_env!("CARGO_PKG_NAME"), ::core::module_path!()),
            version: $crate::__private::crate_version(::core::option_env!("CARGO_PKG_VERSION")),
            module: ::core::module_path!(),
            file: ::core::file!(),
            line: ::core::line!(),
        }
    };
}

pub use crate::__location as location;
