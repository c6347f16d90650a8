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
use crate::model::SegmentFn;
use crate::registry::{Arguments, Feature, registry};
use crate::scope::{self, Counted, Deferred, Purpose, Request};

/// `create`: chooses, records and counts the use.
#[inline]
pub fn create<F: Feature>(inputs: &[Input<'_>]) -> F {
    if is_default::<F>() {
        scope::count_default(counted::<F>(), F::entry().default);
        return F::DEFAULT;
    }
    of(decide(F::entry(), inputs, &Purpose::Create(counted::<F>())))
}

/// `find_implementation`: chooses and records nothing.
#[inline]
pub fn find<F: Feature>(inputs: &[Input<'_>]) -> F {
    if is_default::<F>() {
        return F::DEFAULT;
    }
    of(decide(F::entry(), inputs, &Purpose::Find))
}

/// Whether there is nothing to decide, as without a state and outside of scopes: this costs one load and one flag.
#[inline]
fn is_default<F: Feature>() -> bool {
    !F::entry().cell.is_routed() && !scope::affects_every_feature()
}

fn decide(entry: &'static FeatureEntry, inputs: &[Input<'_>], purpose: &Purpose<'_>) -> u16 {
    let subject = &Arguments { inputs, cell: entry.cell };
    Request { position: entry.cell.position(), default: entry.default, subject, purpose }.decide()
}

#[inline]
fn counted<F: Feature>() -> Counted {
    Counted(F::entry().cell.counters())
}

#[inline]
fn of<F: Feature>(choice: u16) -> F {
    F::ALL.get(usize::from(choice)).copied().unwrap_or(F::DEFAULT)
}

/// `create_async`: chooses when first polled, records and counts the use.
pub fn begin_create<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    begin(inputs, Some(counted::<F>()))
}

/// `find_implementation_async`.
pub fn begin_find<F: Feature>(inputs: &[Input<'_>]) -> impl Future<Output = F> + Send + use<F> {
    begin(inputs, None)
}

fn begin<F: Feature>(inputs: &[Input<'_>], counted: Option<Counted>) -> impl Future<Output = F> + Send + use<F> {
    let deferred = Deferred::new(counted);
    let chosen = decide(F::entry(), inputs, &Purpose::Begin(&deferred));
    async move { of(deferred.resolve(chosen).await) }
}

/// `create_async` of a feature whose functions are not asynchronous.
///
/// Generic, so that a feature's own crate has no coroutine of its own to check: that would be a third of what a feature
/// costs the compiler.
pub async fn create_async<F: Feature, I: Inputs, O>(inputs: I, build: impl FnOnce(F, I) -> O) -> O {
    let choosing = inputs.with(begin_create::<F>);
    build(choosing.await, inputs)
}

/// `find_implementation_async`, generic as [`create_async`] is.
pub async fn find_async<F: Feature>(inputs: impl Inputs) -> F {
    let choosing = inputs.with(begin_find::<F>);
    choosing.await
}

/// `used_implementation`: records and counts that a choice made before was used.
pub fn used<F: Feature>(implementation: F, inputs: &[Input<'_>]) {
    if is_default::<F>() {
        scope::count_default(counted::<F>(), implementation.position());
    } else {
        decide(F::entry(), inputs, &Purpose::Use(counted::<F>(), implementation.position()));
    }
}

/// `explain`: chooses and says why.
pub fn explain<F: Feature>(inputs: &[Input<'_>]) -> Decision<F> {
    registry();
    let (outcome, rule) = outcome_and_rule(F::entry(), inputs);
    Decision::new(of(outcome.choice), outcome, rule)
}

fn outcome_and_rule(entry: &'static FeatureEntry, inputs: &[Input<'_>]) -> (Outcome, Option<String>) {
    let subject = &Arguments { inputs, cell: entry.cell };
    let (position, purpose) = (entry.cell.position(), &Purpose::Explain);
    let request = Request { position, default: entry.default, subject, purpose };
    request.observe(None, |outcome, standing| (outcome, rule_name(outcome, standing)))
}

/// Reads a wire name; what the macros call in `Deserialize`.
///
/// # Errors
/// The text names no implementation.
pub fn deserialize<'de, F: Feature, D: serde::Deserializer<'de>>(deserializer: D) -> Result<F, D::Error> {
    let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
    parse(&text).map_err(serde::de::Error::custom)
}

/// An input of a feature, by its type; `str` for `&str`.
pub const fn input<T: ?Sized + 'static>(name: &'static str) -> InputEntry {
    InputEntry { name, type_id: TypeId::of::<T>, type_name: type_name::<T> }
}

/// A function of a segment, by the type that it takes; `str` for `&str`.
pub const fn segment_function<T: ?Sized + 'static>(extract: SegmentFn) -> SegmentFunction {
    SegmentFunction { type_id: TypeId::of::<T>, type_name: type_name::<T>, extract }
}

/// What a segment's function may take by value.
#[diagnostic::on_unimplemented(
    message = "a segment can take `{Self}` by reference only",
    label = "write `&{Self}`: the value stays with its owner"
)]
pub trait ByValue: Any + Copy {}

impl<T: Any + Copy> ByValue for T {}

/// The input for a segment's function that takes it by value.
#[inline]
pub fn copied<T: ByValue>(input: Input<'_>) -> Option<T> {
    input.get().copied()
}

/// The name of the package; without Cargo that of the crate, which its modules' paths begin with.
pub const fn crate_name(package: Option<&'static str>, module: &'static str) -> &'static str {
    match package {
        Some(package) => package,
        None => first_segment(module, 0),
    }
}

/// The version of the package; empty without Cargo.
pub const fn crate_version(version: Option<&'static str>) -> &'static str {
    match version {
        Some(version) => version,
        None => "",
    }
}

const fn first_segment(path: &'static str, at: usize) -> &'static str {
    match path.split_at_checked(at) {
        None => path,
        Some((first, rest)) if matches!(rest.as_bytes(), [] | [b':', ..]) => first,
        Some(_) => first_segment(path, at + 1),
    }
}

/// Where the macro's item is in the source.
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
