//! How a feature is named: by its type, or by its name only.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use super::handle::Feature;

/// A feature by its type, or [`Named`].
pub trait FeatureKey: Sized + 'static {
    /// How an implementation is named: the handle's value, or a [`Name`].
    type Choice: Clone + AsRef<str>;

    /// The choice at a position, which has this name.
    #[doc(hidden)]
    fn choice(position: u16, name: impl FnOnce() -> Arc<str>) -> Self::Choice;
}

impl<F: Feature> FeatureKey for F {
    type Choice = F;

    fn choice(position: u16, _: impl FnOnce() -> Arc<str>) -> F {
        F::ALL.get(usize::from(position)).copied().unwrap_or(F::DEFAULT)
    }
}

/// A feature that is known by name only.
#[derive(Clone, Copy, Debug)]
pub struct Dynamic;

impl FeatureKey for Dynamic {
    type Choice = ImplementationName;

    fn choice(_: u16, name: impl FnOnce() -> Arc<str>) -> ImplementationName {
        ImplementationName::from(name())
    }
}

/// The name of an implementation, where there is no type for it.
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
