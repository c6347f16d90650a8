//! The entries that the macros submit: one static entry for each feature and segment of the program.

use std::any::TypeId;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::model::{FeatureKind, Input, SegmentBinding, SegmentFn, Subject, Value, ValueKind};

/// The entry of a feature.
#[derive(Debug)]
pub struct FeatureEntry {
    /// The name.
    pub name: &'static str,
    /// The documentation.
    pub doc: &'static str,
    /// The purpose.
    pub kind: Option<FeatureKind>,
    /// The person or team that is responsible for the feature.
    pub owner: Option<&'static str>,
    /// The day after which the feature is stale.
    pub expires: Option<&'static str>,
    /// `true` if remote clients may see the results.
    pub client: bool,
    /// `true` for a boolean feature.
    pub boolean: bool,
    /// The constant that the default of a boolean feature returns; `None` if its code computes the result.
    pub on: Option<bool>,
    /// The implementations, in the order of the source, which is the order of the variants.
    pub implementations: &'static [ImplementationEntry],
    /// The position of the default.
    pub default: u16,
    /// The inputs, in order.
    pub inputs: &'static [InputEntry],
    /// The location of the declaration.
    pub location: LocationEntry,
    /// The data of the feature in running apps.
    pub cell: &'static FeatureCell,
}

/// The entry of an implementation.
#[derive(Debug)]
pub struct ImplementationEntry {
    /// The name.
    pub name: &'static str,
    /// The documentation.
    pub doc: &'static str,
}

/// The entry of an input.
#[derive(Debug)]
pub struct InputEntry {
    /// The name of the parameter.
    pub name: &'static str,
    /// The type; `str` for `&str`. It is a function, since `TypeId::of` is const only since Rust 1.91.
    pub type_id: fn() -> TypeId,
    /// The name of the type.
    pub type_name: fn() -> &'static str,
}

/// The entry of a segment.
#[derive(Debug)]
pub struct SegmentEntry {
    /// The name.
    pub name: &'static str,
    /// The documentation.
    pub doc: &'static str,
    /// The type of the values.
    pub kind: ValueKind,
    /// The values that an operator can select; empty if any value is allowed.
    pub options: &'static [&'static str],
    /// The functions.
    pub functions: &'static [SegmentFunction],
    /// The location of the declaration.
    pub location: LocationEntry,
}

/// A function of a segment.
#[derive(Debug)]
pub struct SegmentFunction {
    /// The type of the argument; `str` for `&str`.
    pub type_id: fn() -> TypeId,
    /// The name of that type.
    pub type_name: fn() -> &'static str,
    /// The function, with a check of the type.
    pub extract: SegmentFn,
}

/// The location of a declaration in source code.
#[derive(Debug)]
pub struct LocationEntry {
    /// The name of the crate.
    pub crate_name: &'static str,
    /// The version of the crate.
    pub version: &'static str,
    /// The path of the module.
    pub module: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

/// The registration of a feature, collected at link time.
#[derive(Debug)]
pub struct FeatureRegistration(pub fn() -> &'static FeatureEntry);

/// The registration of a segment, collected at link time.
#[derive(Debug)]
pub struct SegmentRegistration(pub fn() -> &'static SegmentEntry);

inventory::collect!(FeatureRegistration);
inventory::collect!(SegmentRegistration);

/// The data of a feature in running apps: its position in every snapshot, the index of its counters, and whether the
/// process-wide app routes it.
///
/// While it is not routed, a decision costs one load of `routed`.
#[derive(Debug, Default)]
pub struct FeatureCell {
    routed: AtomicBool,
    position: AtomicU32,
    counters: AtomicU32,
    bindings: OnceLock<Box<[SegmentBinding]>>,
}

/// The arguments of a call, as the subject of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a> {
    /// The arguments, in order.
    pub inputs: &'a [Input<'a>],
    /// The cell of the feature.
    pub cell: &'static FeatureCell,
}

impl Subject for Arguments<'_> {
    #[inline]
    fn value(&self, position: u16) -> Option<Value<'_>> {
        let binding = self.cell.bindings.get()?.get(usize::from(position))?;
        (binding.extract)(*self.inputs.get(binding.input)?)
    }
}

impl FeatureCell {
    /// Returns a cell of a feature that is not routed.
    pub const fn new() -> Self {
        let (position, counters) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { routed: AtomicBool::new(false), position, counters, bindings: OnceLock::new() }
    }

    /// Returns `true` if the process-wide app has, or had, a state of the feature.
    #[inline]
    pub(crate) fn is_routed(&self) -> bool {
        self.routed.load(Ordering::Acquire)
    }

    /// Returns the position in every snapshot. It is set before any app exists.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.position.load(Ordering::Relaxed) as usize
    }

    /// Returns the index of the counter of the first implementation. Those of the others follow it. It is set with the position.
    #[inline]
    pub(crate) fn counters(&self) -> u32 {
        self.counters.load(Ordering::Relaxed)
    }

    pub(crate) fn set_routed(&self) {
        self.routed.store(true, Ordering::Release);
    }

    /// Sets the position, the index of the counters and the bindings, once.
    pub(super) fn initialize(&self, position: u32, counters: u32, bindings: Box<[SegmentBinding]>) {
        self.position.store(position, Ordering::Relaxed);
        self.counters.store(counters, Ordering::Relaxed);
        let _ = self.bindings.set(bindings);
    }
}
