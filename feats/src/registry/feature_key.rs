//! Keys of features: a type, or only a name.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::handle::Feature;

/// The type parameter of a [`FeatureHandle`](crate::FeatureHandle): the type of a feature, or [`Dynamic`].
pub trait FeatureKey: Sized + 'static {
    /// The type of an implementation: the feature's own type, or [`ImplementationName`].
    type Choice: Clone + AsRef<str>;

    /// Returns the choice at a position; `name` returns its name.
    #[doc(hidden)]
    fn choice(position: u16, name: impl FnOnce() -> Arc<str>) -> Self::Choice;
}

impl<F: Feature> FeatureKey for F {
    type Choice = F;

    fn choice(position: u16, _: impl FnOnce() -> Arc<str>) -> F {
        F::ALL.get(usize::from(position)).copied().unwrap_or(F::DEFAULT)
    }
}

/// The [`FeatureKey`] of a feature that is known only by name.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic;

impl FeatureKey for Dynamic {
    type Choice = ImplementationName;

    fn choice(_: u16, name: impl FnOnce() -> Arc<str>) -> ImplementationName {
        ImplementationName::from(name())
    }
}

/// The name of an implementation of a feature that is known only by name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ImplementationName(Arc<str>);

impl From<&str> for ImplementationName {
    fn from(name: &str) -> Self {
        Self(name.into())
    }
}

impl From<String> for ImplementationName {
    fn from(name: String) -> Self {
        Self(name.into())
    }
}

impl From<Arc<str>> for ImplementationName {
    fn from(name: Arc<str>) -> Self {
        Self(name)
    }
}

impl Deref for ImplementationName {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for ImplementationName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for ImplementationName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for ImplementationName {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for ImplementationName {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl fmt::Display for ImplementationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ImplementationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl Serialize for ImplementationName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}
