//! The details of a segment, merged from all programs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use feats::model::{Catalog, Declaration, SegmentDeclaration, SourceLocation, ValueKind};

/// A segment. If programs declare it differently, it has the values of all.
pub(super) struct SegmentDetails {
    pub(super) name: String,
    pub(super) doc: String,
    pub(super) kind: ValueKind,
    pub(super) options: BTreeSet<Arc<str>>,
    /// The names of the types that the segment has functions for.
    pub(super) types: BTreeSet<Arc<str>>,
    /// The catalogs that contain the segment.
    pub(super) programs: Vec<String>,
    /// The source locations of its declarations.
    pub(super) origins: BTreeSet<String>,
    /// The features that the segment applies to, of those that the user may view.
    pub(super) features: Vec<Arc<Declaration>>,
}

/// Returns all segments, sorted by name: those of catalogs and those of features that were declared at run time.
pub(super) fn all(catalogs: &BTreeMap<String, Catalog>, features: &[Arc<Declaration>]) -> Vec<SegmentDetails> {
    let mut segments: BTreeMap<&str, SegmentDetails> = BTreeMap::new();
    for (key, catalog) in catalogs {
        for segment in &catalog.segments {
            let details =
                segments.entry(&segment.name).or_insert_with(|| SegmentDetails::new(&segment.name, segment.kind));
            details.merge(key, segment);
        }
    }
    for feature in features {
        for applicable in feature.segments.iter() {
            let segment = segments
                .entry(&applicable.segment)
                .or_insert_with(|| SegmentDetails::new(&applicable.segment, applicable.kind));
            segment.options.extend(applicable.options.iter().cloned());
            // A segment of several inputs is listed once.
            if !segment.features.last().is_some_and(|last| Arc::ptr_eq(last, feature)) {
                segment.features.push(Arc::clone(feature));
            }
        }
    }
    segments.into_values().collect()
}

impl SegmentDetails {
    fn new(name: &str, kind: ValueKind) -> Self {
        Self {
            name: name.to_owned(),
            doc: String::new(),
            kind,
            options: BTreeSet::new(),
            types: BTreeSet::new(),
            programs: Vec::new(),
            origins: BTreeSet::new(),
            features: Vec::new(),
        }
    }

    /// Adds the declaration of a catalog. Catalogs come in version order, so the last one has the newest documentation.
    fn merge(&mut self, catalog: &str, segment: &SegmentDeclaration) {
        self.kind = segment.kind;
        if !segment.doc.is_empty() {
            segment.doc.as_ref().clone_into(&mut self.doc);
        }
        self.options.extend(segment.options.iter().cloned());
        self.types.extend(segment.types.iter().cloned());
        self.programs.push(catalog.to_owned());
        self.origins.extend(segment.location.as_ref().map(location));
    }
}

fn location(origin: &SourceLocation) -> String {
    format!("{} {}, {} in {}:{}", origin.crate_name, origin.version, origin.module, origin.file, origin.line)
}
