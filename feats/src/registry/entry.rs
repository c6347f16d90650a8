//! What the macros submit: one static entry for each feature and segment of the program.

use std::any::TypeId;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use crate::model::{FeatureKind, Input, SegmentBinding, SegmentFn, Subject, Value, ValueKind};

/// A feature as the macro writes it.
#[derive(Debug)]
pub struct FeatureEntry {
    /// Its name.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// Why it exists.
    pub kind: Option<FeatureKind>,
    /// Who answers for it.
    pub owner: Option<&'static str>,
    /// The day after which it is stale.
    pub expires: Option<&'static str>,
    /// Whether remote clients may see its result.
    pub client: bool,
    /// Whether it is a boolean feature.
    pub boolean: bool,
    /// What the default of a boolean gives to everyone, where its code just says it.
    pub on: Option<bool>,
    /// Its implementations, in the order of the source, which is the order of the variants.
    pub implementations: &'static [ImplementationEntry],
    /// The position of the default.
    pub default: u16,
    /// Its inputs, in order.
    pub inputs: &'static [InputEntry],
    /// Where it is declared.
    pub location: LocationEntry,
    /// The feature's place in running apps.
    pub cell: &'static FeatureCell,
}

/// An implementation as the macro writes it.
#[derive(Debug)]
pub struct ImplementationEntry {
    /// Its name.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
}

/// An input as the macro writes it.
#[derive(Debug)]
pub struct InputEntry {
    /// The parameter's name.
    pub name: &'static str,
    /// Its type; `str` for `&str`. A function, since `TypeId::of` is const only since Rust 1.91.
    pub type_id: fn() -> TypeId,
    /// The name of its type.
    pub type_name: fn() -> &'static str,
}

/// A segment as the macro writes it.
#[derive(Debug)]
pub struct SegmentEntry {
    /// Its name.
    pub name: &'static str,
    /// Its documentation.
    pub doc: &'static str,
    /// The type of its values.
    pub kind: ValueKind,
    /// The only values that an operator can choose; empty where any can be.
    pub options: &'static [&'static str],
    /// Its functions.
    pub functions: &'static [SegmentFunction],
    /// Where it is declared.
    pub location: LocationEntry,
}

/// One function of a segment.
#[derive(Debug)]
pub struct SegmentFunction {
    /// The type that it takes; `str` for `&str`.
    pub type_id: fn() -> TypeId,
    /// The name of that type.
    pub type_name: fn() -> &'static str,
    /// The function, behind a check of the type.
    pub extract: SegmentFn,
}

/// A place in source code.
#[derive(Debug)]
pub struct LocationEntry {
    /// The crate's name.
    pub crate_name: &'static str,
    /// The crate's version.
    pub version: &'static str,
    /// The module's path.
    pub module: &'static str,
    /// The file.
    pub file: &'static str,
    /// The line.
    pub line: u32,
}

/// A feature, submitted.
#[derive(Debug)]
pub struct FeatureRegistration(pub fn() -> &'static FeatureEntry);

/// A segment, submitted.
#[derive(Debug)]
pub struct SegmentRegistration(pub fn() -> &'static SegmentEntry);

inventory::collect!(FeatureRegistration);
inventory::collect!(SegmentRegistration);

/// A feature's place in running apps: its position in every snapshot, where its uses are counted, and whether the
/// process-wide app routes it.
///
/// While it does not, a decision costs one load of `routed` and nothing more.
#[derive(Debug, Default)]
pub struct FeatureCell {
    routed: AtomicBool,
    position: AtomicU32,
    counters: AtomicU32,
    bindings: OnceLock<Box<[SegmentBinding]>>,
}

/// The arguments of a call, as the subject of the feature of a slot.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'a> {
    /// The arguments, in order.
    pub inputs: &'a [Input<'a>],
    /// The feature's slot.
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
    /// A slot that nothing routes.
    pub const fn new() -> Self {
        let (position, counters) = (AtomicU32::new(0), AtomicU32::new(0));
        Self { routed: AtomicBool::new(false), position, counters, bindings: OnceLock::new() }
    }

    /// Whether the process-wide app has something to say about the feature.
    #[inline]
    pub(crate) fn is_routed(&self) -> bool {
        self.routed.load(Ordering::Acquire)
    }

    /// The position in every snapshot. Set before any app exists.
    #[inline]
    pub(crate) fn position(&self) -> usize {
        self.position.load(Ordering::Relaxed) as usize
    }

    /// The place of the counter of the first implementation; those of the others follow it. Set with the position.
    #[inline]
    pub(crate) fn counters(&self) -> u32 {
        self.counters.load(Ordering::Relaxed)
    }

    pub(crate) fn set_routed(&self) {
        self.routed.store(true, Ordering::Release);
    }

    /// Gives the feature its place, once.
    pub(super) fn place(&self, position: u32, counters: u32, bindings: Box<[SegmentBinding]>) {
        self.position.store(position, Ordering::Relaxed);
        self.counters.store(counters, Ordering::Relaxed);
        let _ = self.bindings.set(bindings);
    }
}
