//! The attributes that the state of a flag uses, by position.

use std::collections::HashMap;
use std::sync::Arc;

use super::route::source::Source;

/// The attributes that the state of a flag uses, each at a position.
#[derive(Default)]
pub(super) struct FlagAttributes {
    names: Vec<Arc<str>>,
    positions: HashMap<Arc<str>, u16>,
}

impl From<&[Arc<str>]> for FlagAttributes {
    fn from(names: &[Arc<str>]) -> Self {
        Self { names: names.to_vec(), positions: names.iter().cloned().zip(0..).collect() }
    }
}

impl FlagAttributes {
    /// Returns the names by position. Without any, it does not allocate.
    pub(super) fn into_names(self) -> Arc<[Arc<str>]> {
        if self.names.is_empty() { Arc::default() } else { self.names.into() }
    }

    /// Returns the position of a name, which is added if it is new.
    pub(super) fn position(&mut self, name: &str) -> Option<u16> {
        if let Some(position) = self.positions.get(name) {
            return Some(*position);
        }
        // The budget of conditions is far below the maximum.
        let position = u16::try_from(self.names.len()).ok().filter(|position| *position < Source::NOT_CACHED)?;
        let name: Arc<str> = name.into();
        self.positions.insert(name.clone(), position);
        self.names.push(name);
        Some(position)
    }
}
