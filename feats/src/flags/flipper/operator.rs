//! Operators of Flipper's conditions.

/// An operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::flags) enum Symbol {
    Eq,
    Ne,
    Gt,
    Gte,
    Lt,
    Lte,
    In,
    NotIn,
}

impl Symbol {
    /// The operators that have a symbol; equality has none.
    const WITH_NAME: [Self; 7] = [Self::Ne, Self::Gt, Self::Gte, Self::Lt, Self::Lte, Self::In, Self::NotIn];

    /// Returns the symbol, which is also that of feats; `None` for equality.
    pub(in crate::flags) fn as_str(self) -> Option<&'static str> {
        match self {
            Symbol::Eq => None,
            Symbol::Ne => Some("ne"),
            Symbol::Gt => Some("gt"),
            Symbol::Gte => Some("gte"),
            Symbol::Lt => Some("lt"),
            Symbol::Lte => Some("lte"),
            Symbol::In => Some("in"),
            Symbol::NotIn => Some("not_in"),
        }
    }

    /// Returns the operator with a symbol.
    pub(in crate::flags) fn from_name(name: Option<&str>) -> Option<Self> {
        match name {
            None => Some(Symbol::Eq),
            name => Self::WITH_NAME.into_iter().find(|known| known.as_str() == name),
        }
    }

    /// Returns all symbols.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        Self::WITH_NAME.into_iter().filter_map(Self::as_str)
    }
}
