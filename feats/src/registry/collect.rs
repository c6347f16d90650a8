//! Collecting what the macros submitted: sorted by name, checked for duplicates, built once.

use std::sync::{Arc, OnceLock};

use super::entry::{
    FeatureEntry, FeatureRegistration, LocationEntry, SegmentEntry, SegmentFunction, SegmentRegistration,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    ApplicableSegment, Declaration, Implementation, InputDeclaration, SegmentBinding, SegmentDeclaration,
    SourceLocation,
};
use crate::text::quoted;

/// The modules in which rustdoc puts the examples that it compiles as one program.
const MERGED_EXAMPLES: &str = "__doctest_";

/// Everything that the program's code declares.
#[derive(Debug)]
pub(crate) struct Registry {
    /// Sorted by name. A feature's position here is its position in every snapshot.
    pub(crate) features: Vec<Registered>,
    /// Sorted by name.
    pub(crate) segments: Vec<SegmentDeclaration>,
    /// The same segments as code.
    pub(crate) segment_entries: Vec<&'static SegmentEntry>,
    duplicate: Option<String>,
}

/// A feature that code declares.
#[derive(Debug)]
pub(crate) struct Registered {
    pub(crate) entry: &'static FeatureEntry,
    pub(crate) declaration: Arc<Declaration>,
}

/// The registry of the program. The first call builds it; link order is arbitrary, so it is sorted by name.
pub(crate) fn registry() -> &'static Registry {
    static REGISTRY: OnceLock<Registry> = OnceLock::new();
    REGISTRY.get_or_init(|| {
        let features = inventory::iter::<FeatureRegistration>().map(|registration| (registration.0)());
        let segments = inventory::iter::<SegmentRegistration>().map(|registration| (registration.0)());
        Registry::new(features.collect(), segments.collect())
    })
}

impl Registry {
    fn new(mut features: Vec<&'static FeatureEntry>, mut segments: Vec<&'static SegmentEntry>) -> Self {
        features.sort_by_key(|feature| (feature.name, feature.location.file, feature.location.line));
        segments.sort_by_key(|segment| (segment.name, segment.location.file, segment.location.line));
        let places = |kind: &'static str| {
            move |(a, b): ((&str, &LocationEntry), (&str, &LocationEntry))| {
                (a.0 == b.0).then(|| {
                    let name = quoted(a.0);
                    format!(
                        "two {kind} are named {name}: at {} and at {}; {}",
                        place(a.1),
                        place(b.1),
                        advice(a.1, b.1)
                    )
                })
            }
        };
        let named: Vec<_> = features.iter().map(|feature| (feature.name, &feature.location)).collect();
        let mut duplicate = neighbours(&named).find_map(places("features"));
        let named: Vec<_> = segments.iter().map(|segment| (segment.name, &segment.location)).collect();
        duplicate = duplicate.or_else(|| neighbours(&named).find_map(places("segments")));
        let mut counters = 0;
        let placed = features.iter().zip(0..).map(|(feature, position)| {
            let registered = registered(feature, position, counters, &segments);
            counters = counters.saturating_add(u32::try_from(feature.implementations.len()).unwrap_or(u32::MAX));
            registered
        });
        Self {
            features: placed.collect(),
            segments: segments.iter().map(|segment| segment_declaration(segment)).collect(),
            segment_entries: segments,
            duplicate,
        }
    }

    /// Whether every name is declared once.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.duplicate {
            Some(message) => Err(Error::new(ErrorKind::Duplicate, message.clone())),
            None => Ok(()),
        }
    }
}

fn neighbours<T: Copy>(items: &[T]) -> impl Iterator<Item = (T, T)> {
    items.iter().copied().zip(items.iter().copied().skip(1))
}

fn place(location: &LocationEntry) -> String {
    format!("{}:{} ({})", location.file, location.line, location.module)
}

/// What to do about two declarations of one name. Those of one place are one declaration that is compiled twice, and another
/// name would be the name of both.
fn advice(a: &LocationEntry, b: &LocationEntry) -> String {
    if [a, b].iter().any(|location| location.module.contains(MERGED_EXAMPLES)) {
        return "examples in documentation run as one program since edition 2024: begin each with ```standalone_crate, \
                or give one of the two another `name`"
            .to_owned();
    }
    if a.crate_name == b.crate_name && a.version != b.version {
        let (name, one, other) = (a.crate_name, a.version, b.version);
        return format!("the program has {name} {one} and {name} {other}: let all of it depend on one of them");
    }
    if (a.crate_name, a.file, a.line) != (b.crate_name, b.file, b.line) {
        return "give one of them another `name`".to_owned();
    }
    let file = a.file;
    format!(
        "it is one declaration, compiled twice: keep one `mod` for {file}, in the library if there is one, and write `use` \
         where the other is, such as `use {}::..` in main.rs",
        a.crate_name.replace('-', "_")
    )
}

fn registered(
    entry: &'static FeatureEntry,
    position: u32,
    counters: u32,
    segments: &[&'static SegmentEntry],
) -> Registered {
    let fitting: Vec<_> = segments.iter().flat_map(|segment| applicable_segments(entry, segment)).collect();
    let (segments, bindings): (Vec<_>, Vec<_>) = fitting.into_iter().unzip();
    entry.cell.place(position, counters, bindings.into());
    let named = |name: &'static str, doc: &'static str| Implementation { name: name.into(), doc: doc.into() };
    let declaration = Declaration {
        name: entry.name.into(),
        doc: entry.doc.into(),
        kind: entry.kind,
        owner: entry.owner.map(Into::into),
        expires: entry.expires.map(Into::into),
        client: entry.client,
        boolean: entry.boolean,
        on: entry.on,
        implementations: entry.implementations.iter().map(|known| named(known.name, known.doc)).collect(),
        default: entry.default,
        inputs: entry
            .inputs
            .iter()
            .map(|input| InputDeclaration { name: input.name.into(), type_name: (input.type_name)().into() })
            .collect(),
        segments: segments.into(),
        location: Some(Box::new(location(&entry.location))),
    };
    Registered { entry, declaration: Arc::new(declaration) }
}

/// A segment fits a feature once for every input that it has a function for; where those are several, a condition has
/// to say which one it means.
fn applicable_segments(feature: &FeatureEntry, segment: &SegmentEntry) -> Vec<(ApplicableSegment, SegmentBinding)> {
    let inputs = feature.inputs.iter().enumerate();
    let found: Vec<_> = inputs
        .filter_map(|(position, input)| {
            let function = segment.functions.iter().find(|function| (function.type_id)() == (input.type_id)())?;
            Some((input.name, SegmentBinding { input: position, extract: function.extract }))
        })
        .collect();
    let several = found.len() > 1;
    let fitting = found.into_iter().map(|(input, binding)| {
        let fitting = ApplicableSegment {
            segment: segment.name.into(),
            input: several.then(|| input.into()),
            kind: segment.kind,
            options: segment.options.iter().map(|option| (*option).into()).collect(),
        };
        (fitting, binding)
    });
    fitting.collect()
}

fn segment_declaration(entry: &SegmentEntry) -> SegmentDeclaration {
    let type_name = |function: &SegmentFunction| (function.type_name)().into();
    SegmentDeclaration {
        name: entry.name.into(),
        doc: entry.doc.into(),
        kind: entry.kind,
        options: entry.options.iter().map(|option| (*option).into()).collect(),
        types: entry.functions.iter().map(type_name).collect(),
        location: Some(location(&entry.location)),
    }
}

fn location(entry: &LocationEntry) -> SourceLocation {
    SourceLocation {
        crate_name: entry.crate_name.into(),
        version: entry.version.into(),
        module: entry.module.into(),
        file: entry.file.into(),
        line: entry.line,
    }
}

#[cfg(test)]
mod tests {
    use super::{LocationEntry, advice};

    const LOCATION: LocationEntry = LocationEntry {
        crate_name: "my-shop",
        version: "1.0.0",
        module: "my_shop::features",
        file: "src/features.rs",
        line: 3,
    };

    #[test]
    fn two_declarations_need_two_names() {
        let other = LocationEntry { line: 9, ..LOCATION };
        assert_eq!(advice(&LOCATION, &other), "give one of them another `name`");
        let of_another_crate = LocationEntry { crate_name: "other", ..LOCATION };
        assert_eq!(advice(&LOCATION, &of_another_crate), "give one of them another `name`");
    }

    #[test]
    fn one_declaration_in_a_library_and_its_program_needs_one_mod() {
        assert_eq!(
            advice(&LOCATION, &LocationEntry { module: "shop::features", ..LOCATION }),
            "it is one declaration, compiled twice: keep one `mod` for src/features.rs, in the library if there is one, and write \
             `use` where the other is, such as `use my_shop::..` in main.rs"
        );
    }

    #[test]
    fn two_versions_of_a_crate_need_to_be_one() {
        let newer = LocationEntry { version: "2.0.0", file: "elsewhere/features.rs", ..LOCATION };
        let expected = "the program has my-shop 1.0.0 and my-shop 2.0.0: let all of it depend on one of them";
        assert_eq!(advice(&LOCATION, &newer), expected);
    }

    #[test]
    fn merged_examples_need_crates_of_their_own() {
        let module = |module| LocationEntry { module, ..LOCATION };
        let (one, other) = (module("doctest_bundle_2024::__doctest_0"), module("doctest_bundle_2024::__doctest_1"));
        assert!(advice(&one, &other).contains("```standalone_crate"), "{}", advice(&one, &other));
    }
}
