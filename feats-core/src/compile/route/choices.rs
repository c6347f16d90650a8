//! The choices of a revision, by index.

use std::sync::Arc;

use crate::model::{Declaration, Implementation, State};

/// The choices of a revision: the implementations of the feature's declaration, then the values that the state defines, sorted by
/// the bytes of their names. A choice is an index in this table.
///
/// ```
/// use feats::compile::Choices;
/// use feats::model::Declaration;
/// let theme: feats::State = r#"{"values": {"light": {"color": "white"}, "dark": {"color": "black"}}}"#.parse()?;
/// let choices = Choices::new(&Declaration::new("Theme", ["system"]), &theme);
/// assert_eq!(choices.names().collect::<Vec<_>>(), ["system", "dark", "light"]);
/// assert_eq!((choices.position("light"), choices.name(2)), (Some(2), Some(&"light".into())));
/// # Ok::<(), feats::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Choices {
    implementations: Arc<[Implementation]>,
    values: Arc<[Arc<str>]>,
}

impl Choices {
    /// Returns the choices of a state. Values with the name of an implementation, and values of a feature that is declared in code,
    /// are ignored. A flag with values has the implementation `disabled` only.
    pub fn new(declaration: &Declaration, state: &State) -> Self {
        let implementations = match declaration.flag && !state.values.is_empty() {
            // The values of a flag take the place of `enabled`.
            true => declaration.implementations.iter().take(1).cloned().collect(),
            false => Arc::clone(&declaration.implementations),
        };
        let is_choice = |name: &&String| {
            declaration.location.is_none() && implementations.iter().all(|known| *known.name != ***name)
        };
        let values = state.values.keys().filter(is_choice);
        let values: Vec<Arc<str>> = values.map(|name| name.as_str().into()).collect();
        // Without values, it does not allocate.
        let values = if values.is_empty() { Arc::default() } else { values.into() };
        Self { implementations, values }
    }

    /// Returns the name of the choice at an index.
    pub fn name(&self, position: u16) -> Option<&Arc<str>> {
        let position = usize::from(position);
        match self.implementations.get(position) {
            Some(implementation) => Some(&implementation.name),
            None => self.values.get(position - self.implementations.len()),
        }
    }

    /// Returns the index of a choice.
    pub fn position(&self, name: &str) -> Option<u16> {
        self.names().zip(0_u16..).find(|(known, _)| *known == name).map(|(_, position)| position)
    }

    /// Returns the names of all choices, in the order of their indexes.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.shared_names().map(|name| &**name)
    }

    /// Like [`names`](Self::names), to keep them.
    pub fn shared_names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.implementations.iter().map(|implementation| &implementation.name).chain(self.values.iter())
    }
}
