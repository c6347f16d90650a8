//! The features that an app knows, each at a position that never changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Declaration;
use crate::registry::Interner;

/// The features that an app knows: first those of its code, then those declared by hand, then those in the catalogs of other
/// programs. Positions never change.
#[derive(Debug, Default)]
pub(crate) struct Features {
    declarations: Vec<Arc<Declaration>>,
    positions: HashMap<Arc<str>, usize>,
    interner: Interner,
    /// The number of features in the code, and the number including those declared by hand.
    code_count: usize,
    program_count: usize,
}

impl Features {
    /// Creates the list from the features of the code, in the order of the registry, and those declared by hand.
    pub(crate) fn new(code_count: Vec<Arc<Declaration>>, by_hand: Vec<Declaration>) -> Self {
        let declarations = code_count;
        let code_count = declarations.len();
        let positions =
            declarations.iter().zip(0..).map(|(feature, position)| (feature.name.clone(), position)).collect();
        let mut features =
            Self { declarations, positions, interner: Interner::default(), code_count, program_count: code_count };
        for declaration in by_hand {
            features.add(declaration);
        }
        features.interner = Interner::default();
        features.program_count = features.declarations.len();
        features
    }

    /// Returns `true` if the feature at a position is declared by hand, not in code.
    pub(super) fn is_declared_by_hand(&self, position: usize) -> bool {
        (self.code_count..self.program_count).contains(&position)
    }

    pub(crate) fn len(&self) -> usize {
        self.declarations.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }

    pub(crate) fn get(&self, position: usize) -> Option<&Arc<Declaration>> {
        self.declarations.get(position)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Declaration>> {
        self.declarations.iter()
    }

    /// Adds a feature, unless its name is known. Returns its position if it was added.
    pub(super) fn add(&mut self, mut declaration: Declaration) -> Option<usize> {
        if self.positions.contains_key(&declaration.name) {
            return None;
        }
        self.interner.share(&mut declaration);
        let position = self.declarations.len();
        self.positions.insert(declaration.name.clone(), position);
        self.declarations.push(Arc::new(declaration));
        Some(position)
    }
}
