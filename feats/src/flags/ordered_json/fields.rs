//! Fields of an object: reading them, and reporting each that is missing or of another kind.

use feats_core::__private::join;

use super::number::Number;
use super::value::{Json, Object};
use crate::error::{Problem, Problems};

/// An object and its path in the whole text.
#[derive(Clone)]
pub(in crate::flags) struct Fields<'a> {
    object: &'a Object,
    path: String,
}

impl<'a> Fields<'a> {
    /// Returns the fields of a value; reports a value that is not an object.
    pub(in crate::flags) fn new(json: &'a Json, path: String, problems: &mut Problems) -> Option<Self> {
        let Json::Object(object) = json else {
            problems.push(|| Problem::new(path, format!("this must be an object, not {}", json.kind())));
            return None;
        };
        Some(Self { object, path })
    }

    /// Returns the path of a field.
    pub(in crate::flags) fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }

    /// Returns a field; `None` if it is absent or null.
    pub(in crate::flags) fn optional(&self, key: &str) -> Option<&'a Json> {
        self.object.get(key).filter(|json| **json != Json::Null)
    }

    /// Returns a field, which may be null; reports it if it is missing.
    pub(in crate::flags) fn required(&self, key: &str, problems: &mut Problems) -> Option<&'a Json> {
        let found = self.object.get(key);
        if found.is_none() {
            problems.push(|| Problem::new(self.path_of(key), "this field is required"));
        }
        found
    }

    pub(in crate::flags) fn text(&self, key: &str, problems: &mut Problems) -> Option<String> {
        match self.required(key, problems)? {
            Json::Text(text) => Some(text.clone()),
            other => self.reject(key, "a string", other, problems),
        }
    }

    pub(in crate::flags) fn bool(&self, key: &str, problems: &mut Problems) -> Option<bool> {
        match self.required(key, problems)? {
            Json::Bool(bool) => Some(*bool),
            other => self.reject(key, "true or false", other, problems),
        }
    }

    pub(in crate::flags) fn number(&self, key: &str, problems: &mut Problems) -> Option<Number> {
        match self.required(key, problems)? {
            Json::Number(number) => Some(number.clone()),
            other => self.reject(key, "a number", other, problems),
        }
    }

    /// Returns a number, or a default if the field is absent.
    pub(in crate::flags) fn number_or(
        &self,
        key: &str,
        default: impl Into<Number>,
        problems: &mut Problems,
    ) -> Option<Number> {
        match self.object.contains_key(key) {
            true => self.number(key, problems),
            false => Some(default.into()),
        }
    }

    /// Returns a nested object, which must be there.
    pub(in crate::flags) fn fields(&self, key: &str, problems: &mut Problems) -> Option<Self> {
        Self::new(self.required(key, problems)?, self.path_of(key), problems)
    }

    /// Returns a list, which must be there.
    pub(in crate::flags) fn list(&self, key: &str, problems: &mut Problems) -> Option<&'a [Json]> {
        match self.required(key, problems)? {
            Json::List(items) => Some(items),
            other => self.reject(key, "a list", other, problems),
        }
    }

    fn reject<T>(&self, key: &str, needed: &str, found: &Json, problems: &mut Problems) -> Option<T> {
        problems.push(|| Problem::new(self.path_of(key), format!("this must be {needed}, not {}", found.kind())));
        None
    }
}
