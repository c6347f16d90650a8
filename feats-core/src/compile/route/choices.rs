//! The choices of a revision, by position.

use std::sync::Arc;

use crate::model::{Declaration, Implementation, State};

/// What a revision can choose: the implementations that the feature's declaration has, then the values that the state itself
/// names, sorted by the bytes of their names. A choice is a position in this table.
///
/// ```
/// use feats::compile::Choices;
/// use feats::model::Declaration;
/// let theme: feats::State = r#"{"values": {"light": {"colour": "white"}, "dark": {"colour": "black"}}}"#.parse()?;
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
    /// The choices of a state of a feature. Neither a value that has the name of an implementation is one, nor a value of a feature
    /// that code declares.
    pub fn new(declaration: &Declaration, state: &State) -> Self {
        let implementations = Arc::clone(&declaration.implementations);
        let is_choice = |name: &&String| declaration.location.is_none() && declaration.position(name).is_none();
        let values = state.values.keys().filter(is_choice);
        Self { implementations, values: values.map(|name| name.as_str().into()).collect() }
    }

    /// The name of the choice at a position.
    pub fn name(&self, position: u16) -> Option<&Arc<str>> {
        let position = usize::from(position);
        match self.implementations.get(position) {
            Some(implementation) => Some(&implementation.name),
            None => self.values.get(position - self.implementations.len()),
        }
    }

    /// The position of a choice.
    pub fn position(&self, name: &str) -> Option<u16> {
        self.names().zip(0_u16..).find(|(known, _)| *known == name).map(|(_, position)| position)
    }

    /// The names of all choices, in the order of their positions.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let implementations = self.implementations.iter().map(|implementation| &*implementation.name);
        implementations.chain(self.values.iter().map(|value| &**value))
    }
}
