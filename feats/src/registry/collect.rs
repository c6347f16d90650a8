//! The registry of the entries that the macros submitted: sorted by name, checked for duplicates, built once.

use std::sync::{Arc, OnceLock};

use super::entry::{
    FeatureEntry, FeatureRegistration, ImplementationEntry, LocationEntry, SegmentEntry, SegmentFunction,
    SegmentRegistration,
};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    ApplicableSegment, Declaration, Implementation, InputDeclaration, SegmentBinding, SegmentDeclaration,
    SourceLocation,
};
use crate::text::quoted;

/// The prefix of the modules in which rustdoc puts the examples that it compiles as one program.
const MERGED_DOCTEST_PREFIX: &str = "__doctest_";

/// All features and segments that the code of the program declares.
#[derive(Debug)]
pub(crate) struct Registry {
    /// Sorted by name. The position of a feature in this list is its position in every snapshot.
    pub(crate) features: Vec<RegisteredFeature>,
    /// Sorted by name.
    pub(crate) segments: Vec<SegmentDeclaration>,
    /// The same segments as code.
    pub(crate) segment_entries: Vec<&'static SegmentEntry>,
    duplicate: Option<String>,
}

/// A feature that code declares.
#[derive(Debug)]
pub(crate) struct RegisteredFeature {
    pub(crate) entry: &'static FeatureEntry,
    pub(crate) declaration: Arc<Declaration>,
}

/// Returns the registry of the program, which the first call builds. It is sorted by name, because link order is arbitrary.
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
        let find_duplicate = |kind: &'static str| {
            move |(a, b): ((&str, &LocationEntry), (&str, &LocationEntry))| {
                (a.0 == b.0).then(|| {
                    let name = quoted(a.0);
                    format!(
                        "two {kind} are named {name}: at {} and at {}; {}",
                        location_text(a.1),
                        location_text(b.1),
                        advice(a.1, b.1)
                    )
                })
            }
        };
        let named: Vec<_> = features.iter().map(|feature| (feature.name, &feature.location)).collect();
        let mut duplicate = adjacent_pairs(&named).find_map(find_duplicate("features"));
        let named: Vec<_> = segments.iter().map(|segment| (segment.name, &segment.location)).collect();
        duplicate = duplicate.or_else(|| adjacent_pairs(&named).find_map(find_duplicate("segments")));
        let mut counters = 0;
        let registered = features.iter().zip(0..).map(|(feature, position)| {
            let registered = register(feature, position, counters, &segments);
            counters = counters.saturating_add(u32::try_from(feature.implementations.len()).unwrap_or(u32::MAX));
            registered
        });
        Self {
            features: registered.collect(),
            segments: segments.iter().map(|segment| segment_declaration(segment)).collect(),
            segment_entries: segments,
            duplicate,
        }
    }

    /// Checks that every name is declared once.
    ///
    /// # Errors
    /// [`ErrorKind::Duplicate`] with both locations.
    pub(crate) fn check(&self) -> Result<()> {
        match &self.duplicate {
            Some(message) => Err(Error::new(ErrorKind::Duplicate, message.clone())),
            None => Ok(()),
        }
    }
}

fn adjacent_pairs<T: Copy>(items: &[T]) -> impl Iterator<Item = (T, T)> {
    items.iter().copied().zip(items.iter().copied().skip(1))
}

fn location_text(location: &LocationEntry) -> String {
    format!("{}:{} ({})", location.file, location.line, location.module)
}

/// Returns advice for two declarations of one name. Two at one location are a single declaration that is compiled twice, so that
/// renaming it would not help.
fn advice(a: &LocationEntry, b: &LocationEntry) -> String {
    if [a, b].iter().any(|location| location.module.contains(MERGED_DOCTEST_PREFIX)) {
        return "examples in documentation are one program since edition 2024: start each with ```standalone_crate, or \
                give one of the two another `name`"
            .to_owned();
    }
    if a.crate_name == b.crate_name && a.version != b.version {
        let (name, one, other) = (a.crate_name, a.version, b.version);
        return format!("the program contains {name} {one} and {name} {other}: depend on only one of these versions");
    }
    if (a.crate_name, a.file, a.line) != (b.crate_name, b.file, b.line) {
        return "give one of them another `name`".to_owned();
    }
    let file = a.file;
    format!(
        "this is one declaration that is compiled twice: keep a single `mod` for {file}, in the library if there is one, and \
         replace the other with a `use`, such as `use {}::..` in main.rs",
        a.crate_name.replace('-', "_")
    )
}

fn register(
    entry: &'static FeatureEntry,
    position: u32,
    counters: u32,
    segments: &[&'static SegmentEntry],
) -> RegisteredFeature {
    let applicable: Vec<_> = segments.iter().flat_map(|segment| applicable_segments(entry, segment)).collect();
    let (segments, bindings): (Vec<_>, Vec<_>) = applicable.into_iter().unzip();
    entry.cell.initialize(position, counters, bindings.into());
    let implementation =
        |known: &ImplementationEntry| Implementation { name: known.name.into(), doc: known.doc.into() };
    let declaration = Declaration {
        name: entry.name.into(),
        doc: entry.doc.into(),
        kind: entry.kind,
        owner: entry.owner.map(Into::into),
        expires: entry.expires.map(Into::into),
        client: entry.client,
        boolean: entry.boolean,
        flag: false,
        on: entry.on,
        implementations: entry.implementations.iter().map(implementation).collect(),
        default: entry.default,
        inputs: entry
            .inputs
            .iter()
            .map(|input| InputDeclaration { name: input.name.into(), type_name: (input.type_name)().into() })
            .collect(),
        segments: segments.into(),
        location: Some(Box::new(location(&entry.location))),
    };
    RegisteredFeature { entry, declaration: Arc::new(declaration) }
}

/// Returns the bindings of a segment to the inputs of a feature: one for each input that the segment has a function for. If there
/// are several, a condition must name the input.
fn applicable_segments(feature: &FeatureEntry, segment: &SegmentEntry) -> Vec<(ApplicableSegment, SegmentBinding)> {
    let inputs = feature.inputs.iter().enumerate();
    let found: Vec<_> = inputs
        .filter_map(|(position, input)| {
            let function = segment.functions.iter().find(|function| (function.type_id)() == (input.type_id)())?;
            Some((input.name, SegmentBinding { input: position, extract: function.extract }))
        })
        .collect();
    let is_ambiguous = found.len() > 1;
    let applicable = found.into_iter().map(|(input, binding)| {
        let applicable = ApplicableSegment {
            segment: segment.name.into(),
            input: is_ambiguous.then(|| input.into()),
            kind: segment.kind,
            options: segment.options.iter().map(|option| (*option).into()).collect(),
        };
        (applicable, binding)
    });
    applicable.collect()
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
        let in_another_crate = LocationEntry { crate_name: "other", ..LOCATION };
        assert_eq!(advice(&LOCATION, &in_another_crate), "give one of them another `name`");
    }

    #[test]
    fn one_declaration_in_a_library_and_its_program_needs_one_mod() {
        assert_eq!(
            advice(&LOCATION, &LocationEntry { module: "shop::features", ..LOCATION }),
            "this is one declaration that is compiled twice: keep a single `mod` for src/features.rs, in the library if there \
             is one, and replace the other with a `use`, such as `use my_shop::..` in main.rs"
        );
    }

    #[test]
    fn two_versions_of_a_crate_must_be_unified() {
        let newer = LocationEntry { version: "2.0.0", file: "elsewhere/features.rs", ..LOCATION };
        let expected = "the program contains my-shop 1.0.0 and my-shop 2.0.0: depend on only one of these versions";
        assert_eq!(advice(&LOCATION, &newer), expected);
    }

    #[test]
    fn merged_examples_need_standalone_crates() {
        let module = |module| LocationEntry { module, ..LOCATION };
        let (one, other) = (module("doctest_bundle_2024::__doctest_0"), module("doctest_bundle_2024::__doctest_1"));
        assert!(advice(&one, &other).contains("```standalone_crate"), "{}", advice(&one, &other));
    }
}
