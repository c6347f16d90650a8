//! The features that an app knows, each at a position that never changes.

use std::sync::Arc;

use crate::model::Declaration;
use crate::registry::Interner;
use crate::runtime::{Position, Positions};

/// The features that an app knows: first those of its code, then those declared by hand, then those in the catalogs of other
/// programs, and the flags. Positions never change.
#[derive(Debug, Default)]
pub(crate) struct Features {
    declarations: Vec<Arc<Declaration>>,
    positions: Arc<Positions>,
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
        let named = |(declaration, index): (&Arc<Declaration>, u32)| {
            (declaration.name.clone(), Position { index, is_flag: false })
        };
        let positions: Positions = declarations.iter().zip(0..).map(named).collect();
        let positions = Arc::new(positions);
        let mut features =
            Self { declarations, positions, interner: Interner::default(), code_count, program_count: code_count };
        for declaration in by_hand {
            features.add(declaration);
        }
        features.interner = Interner::default();
        features.program_count = features.declarations.len();
        features
    }

    /// Returns `true` if each revision of the feature at a position has counters: if it is declared by hand, or a flag.
    pub(super) fn is_counted_by_revision(&self, position: usize) -> bool {
        (self.code_count..self.program_count).contains(&position)
            || self.get(position).is_some_and(|declaration| declaration.flag)
    }

    /// Returns the positions of all features.
    pub(super) fn positions(&self) -> &Arc<Positions> {
        &self.positions
    }

    pub(crate) fn len(&self) -> usize {
        self.declarations.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).map(|position| position.index as usize)
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
        let index = u32::try_from(position).ok()?;
        let is_flag = declaration.flag;
        Arc::make_mut(&mut self.positions).insert(declaration.name.clone(), Position { index, is_flag });
        self.declarations.push(Arc::new(declaration));
        Some(position)
    }
}
