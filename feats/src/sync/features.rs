//! The features that an app knows, each at a position that never changes.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Declaration;
use crate::registry::Interner;
use crate::runtime::{Position, Positions};

/// The features that an app knows: first those of its code, then those declared by hand, then those in the catalogs of other
/// programs, and the flags. Positions never change.
#[derive(Debug)]
pub(crate) struct Features {
    known: Vec<Known>,
    positions: Arc<Positions>,
    interner: Interner,
    /// The declarations of other programs for names that are flags here, by position.
    declared_elsewhere: HashMap<usize, Arc<Declaration>>,
    /// The declaration of every flag, without its name.
    flag: Declaration,
    /// The number of features in the code, and the number including those declared by hand.
    code_count: usize,
    program_count: usize,
}

/// A feature that an app knows.
#[derive(Debug)]
enum Known {
    Declared(Arc<Declaration>),
    /// A flag by its name. There may be many, so each has no declaration of its own.
    Flag(Arc<str>),
}

impl Features {
    /// Creates the list from the features of the code, in the order of the registry, and those declared by hand.
    pub(crate) fn new(in_code: Vec<Arc<Declaration>>, by_hand: Vec<Declaration>) -> Self {
        let named = |(declaration, index): (&Arc<Declaration>, u32)| {
            (declaration.name.clone(), Position { index, is_flag: false })
        };
        let positions = Arc::new(in_code.iter().zip(0..).map(named).collect());
        let (code_count, program_count) = (in_code.len(), in_code.len());
        let known = in_code.into_iter().map(Known::Declared).collect();
        let (interner, flag) = (Interner::default(), Declaration::flag(""));
        let declared_elsewhere = HashMap::new();
        let mut features = Self { known, positions, interner, declared_elsewhere, flag, code_count, program_count };
        for declaration in by_hand {
            features.add(declaration);
        }
        features.interner = Interner::default();
        features.program_count = features.known.len();
        features
    }

    /// Returns `true` if each revision of the feature at a position has counters: if it is declared by hand, or a flag.
    pub(super) fn is_counted_by_revision(&self, position: usize) -> bool {
        (self.code_count..self.program_count).contains(&position)
            || matches!(self.known.get(position), Some(Known::Flag(_)))
    }

    /// Returns the positions of all features.
    pub(super) fn positions(&self) -> &Arc<Positions> {
        &self.positions
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).map(|position| position.index as usize)
    }

    /// Returns `true` if a name is that of a flag, which this program does not declare.
    pub(super) fn is_flag(&self, name: &str) -> bool {
        self.positions.get(name).is_some_and(|position| position.is_flag)
    }

    pub(crate) fn get(&self, position: usize) -> Option<Arc<Declaration>> {
        self.known.get(position).map(|known| self.declaration(known))
    }

    /// Returns the declarations, in the order of the positions.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Arc<Declaration>> {
        self.known.iter().map(|known| self.declaration(known))
    }

    /// Adds a feature, unless its name is known. Returns its position if it was added.
    pub(super) fn add(&mut self, mut declaration: Declaration) -> Option<usize> {
        if let Some(position) = self.position(&declaration.name) {
            if !declaration.flag && matches!(self.known.get(position), Some(Known::Flag(_))) {
                self.declared_elsewhere.insert(position, Arc::new(declaration));
            }
            return None;
        }
        let (position, name, is_flag) = (self.known.len(), declaration.name.clone(), declaration.flag);
        let index = u32::try_from(position).ok()?;
        Arc::make_mut(&mut self.positions).insert(name.clone(), Position { index, is_flag });
        self.known.push(match is_flag {
            true => Known::Flag(name),
            false => {
                self.interner.share(&mut declaration);
                Known::Declared(Arc::new(declaration))
            }
        });
        Some(position)
    }

    /// Returns `true` if a feature that this program does not declare must change between a flag and a feature that another program
    /// declares, because its newest state is that of the other kind.
    pub(super) fn must_change_kind(&self, position: usize, is_flag: bool) -> bool {
        position >= self.program_count
            && match self.known.get(position) {
                Some(Known::Declared(_)) => is_flag,
                Some(Known::Flag(_)) => !is_flag && self.declared_elsewhere.contains_key(&position),
                None => false,
            }
    }

    /// Changes a feature between a flag and a feature that another program declares.
    pub(super) fn change_kind(&mut self, position: usize) {
        let Some(known) = self.known.get_mut(position) else { return };
        let (name, is_flag) = match known {
            Known::Declared(declaration) => {
                let name = declaration.name.clone();
                self.declared_elsewhere.insert(position, declaration.clone());
                *known = Known::Flag(name.clone());
                (name, true)
            }
            Known::Flag(name) => {
                let name = name.clone();
                let Some(declaration) = self.declared_elsewhere.remove(&position) else { return };
                *known = Known::Declared(declaration);
                (name, false)
            }
        };
        if let Some(position) = Arc::make_mut(&mut self.positions).get_mut(&name) {
            position.is_flag = is_flag;
        }
    }

    fn declaration(&self, known: &Known) -> Arc<Declaration> {
        match known {
            Known::Declared(declaration) => declaration.clone(),
            Known::Flag(name) => Arc::new(Declaration { name: name.clone(), ..self.flag.clone() }),
        }
    }
}
