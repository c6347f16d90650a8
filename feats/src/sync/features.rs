//! The features that an app knows, each at a position that never changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Declaration;
use crate::registry::Interner;

/// The features that an app knows: those of its code, then those declared by hand, then those of other programs'
/// catalogs. Positions never change.
#[derive(Debug, Default)]
pub(crate) struct Features {
    declarations: Vec<Arc<Declaration>>,
    positions: HashMap<Arc<str>, usize>,
    interner: Interner,
    /// How many features the code declares, and how many with those that are declared by hand.
    of_code: usize,
    of_program: usize,
}

impl Features {
    /// The features of the code, in the order of the registry, and those declared by hand.
    pub(crate) fn new(of_code: Vec<Arc<Declaration>>, by_hand: Vec<Declaration>) -> Self {
        let declarations = of_code;
        let of_code = declarations.len();
        let positions =
            declarations.iter().zip(0..).map(|(feature, position)| (feature.name.clone(), position)).collect();
        let mut features =
            Self { declarations, positions, interner: Interner::default(), of_code, of_program: of_code };
        for declaration in by_hand {
            features.add(declaration);
        }
        features.interner = Interner::default();
        features.of_program = features.declarations.len();
        features
    }

    /// Whether the program's set-up declares the feature at a position, and not its code.
    pub(super) fn is_declared_by_hand(&self, position: usize) -> bool {
        (self.of_code..self.of_program).contains(&position)
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

    /// Adds a feature, unless one of its name is known.
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
