//! Implementations that one running program declares and another lacks.

use std::collections::{BTreeMap, BTreeSet};

use feats::model::Catalog;

/// An implementation that some programs with the feature do not declare.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct MissingImplementation<'a> {
    pub(super) feature: &'a str,
    pub(super) implementation: &'a str,
    /// The catalogs that declare the implementation.
    pub(super) with: Vec<&'a str>,
    /// The catalogs that declare the feature without the implementation.
    pub(super) without: Vec<&'a str>,
}

/// Returns all missing implementations, sorted by feature and implementation. Programs without the feature do not count,
/// because they never evaluate it.
pub(super) fn find_missing<'a>(
    catalogs: impl Iterator<Item = (&'a String, &'a Catalog)>,
) -> Vec<MissingImplementation<'a>> {
    let mut declared: BTreeMap<&str, BTreeMap<&str, BTreeSet<&str>>> = BTreeMap::new();
    for (key, catalog) in catalogs {
        for feature in &catalog.features {
            let programs = declared.entry(&feature.name).or_default();
            programs.insert(key, feature.names().collect());
        }
    }
    let mut missing = Vec::new();
    for (feature, programs) in declared.into_iter().filter(|(_, programs)| programs.len() > 1) {
        let all: BTreeSet<&str> = programs.values().flatten().copied().collect();
        for implementation in all {
            let has = |(_, names): &(&&str, &BTreeSet<&str>)| names.contains(implementation);
            let (with, without): (Vec<_>, Vec<_>) = programs.iter().partition(has);
            if !without.is_empty() {
                let keys = |programs: Vec<(&&'a str, _)>| programs.into_iter().map(|(key, _)| *key).collect();
                missing.push(MissingImplementation {
                    feature,
                    implementation,
                    with: keys(with),
                    without: keys(without),
                });
            }
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use feats::model::Declaration;

    use super::*;

    #[test]
    fn an_implementation_that_one_of_two_programs_declares_is_missing() {
        let catalog = |features: Vec<Declaration>| Catalog { features, ..Catalog::default() };
        let catalogs = BTreeMap::from([
            ("a@1".to_owned(), catalog(vec![Declaration::new("Fee", ["acme"]), Declaration::new("Text", ["save"])])),
            ("a@2".to_owned(), catalog(vec![Declaration::new("Fee", ["acme", "premium"])])),
            ("b@1".to_owned(), catalog(vec![Declaration::new("Text", ["save"])])),
        ]);
        let expected = MissingImplementation {
            feature: "Fee",
            implementation: "premium",
            with: vec!["a@2"],
            without: vec!["a@1"],
        };
        assert_eq!(find_missing(catalogs.iter()), [expected]);
        assert_eq!(find_missing(catalogs.iter().skip(1)), []);
    }
}
