//! The context of a command: an open store and an app on it.

use std::collections::BTreeMap;
use std::env;

use feats::flags::Flag;
use feats::model::{Catalog, Declaration, ValueKind};
use feats::{App, Attributes, Dynamic, Error, ErrorKind, FeatureHandle, Problem, Quarantine, Value};

use crate::condition::Vocabulary;
use crate::failure::{Failure, Result};
use crate::location::{Location, OpenStore, STORE_VARIABLE, is_address};
use crate::names::names;
use crate::output::Output;

/// The maximum number of features that a message lists.
const MAX_LISTED: usize = 12;

/// The context of a command.
pub(crate) struct Context {
    pub(crate) app: App,
    /// The same store, for what the app does not provide: unreadable revisions and undeclared features.
    pub(crate) store: OpenStore,
    pub(crate) output: Output,
    location: Location,
}

impl Context {
    /// Opens the store and loads its features. Fails if the store cannot be read, rather than using defaults.
    pub(crate) async fn open(location: Option<Location>, output: Output) -> Result<Self> {
        let Some(location) = location else {
            return Err(no_store());
        };
        let store = location.open()?;
        let app = start(&store, Attributes::new()).await?;
        Ok(Self { app, store, output, location })
    }

    /// Starts another app on the same store, with attributes.
    pub(crate) async fn with_attributes(&self, attributes: Attributes<'_>) -> Result<App> {
        start(&self.store, attributes).await
    }

    /// Shuts down the app and closes the store.
    pub(crate) async fn close(self) -> Result<()> {
        self.app.shutdown().await?;
        self.store.close().await;
        Ok(())
    }

    /// Returns a feature, or a flag that exists.
    pub(crate) fn feature(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        self.app.feature_named(name).map_err(|error| {
            if is_address(name) {
                return address_as_name("feature");
            }
            if let Some(hint) = self.destroyed(name) {
                return Failure::from(error).hint(hint);
            }
            let declarations = self.app.declarations();
            let hint = match declarations.len() {
                0 => "no program has published its features to this store; start a program that uses this store"
                    .to_owned(),
                1..=MAX_LISTED => {
                    let existing = names(declarations.iter().map(|known| &*known.name));
                    format!("existing features: {existing}; `feats list` shows what each serves")
                }
                _ => "`feats list` shows all features".to_owned(),
            };
            Failure::from(error).hint(hint)
        })
    }

    /// Like [`feature`](Self::feature), but fails for an archived flag, which changes only once it is restored.
    pub(crate) fn feature_to_change(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        let feature = self.feature(name)?;
        match self.app.flags().get(name).meta().is_archived() {
            true => {
                let problem = Problem::new("flag.archived", "this flag is archived; restore it first");
                Err(self.archived(name, Error::invalid(vec![problem]).with_feature(name)))
            }
            false => Ok(feature),
        }
    }

    /// Returns the failure of a change of an archived flag.
    pub(crate) fn archived(&self, flag: &str, error: Error) -> Failure {
        let restore = self.command(&["flag", "restore", flag]);
        Failure::from(error).hint(format!("`{restore}` restores it"))
    }

    /// Like [`feature`](Self::feature), but also returns a flag that was destroyed, of which the history is left.
    pub(crate) fn feature_with_history(&self, name: &str) -> Result<FeatureHandle<Dynamic>> {
        self.feature(name).or_else(|failure| self.app.flags().get(name).as_feature().map_err(|_| failure))
    }

    /// Returns a flag that exists, archived or not.
    pub(crate) fn flag(&self, name: &str) -> Result<Flag> {
        let flag = self.app.flags().get(name);
        let Err(error) = flag.edit() else { return Ok(flag) };
        if is_address(name) {
            return Err(address_as_name("flag"));
        }
        let hint = match self.app.find_feature(name) {
            Some(_) => format!("`{}` shows it", self.command(&["show", name])),
            None => self.destroyed(name).unwrap_or_else(|| "`feats flag list` shows all flags".to_owned()),
        };
        Err(Failure::from(error).hint(hint))
    }

    /// Returns a hint about a flag that was destroyed; `None` if the name was not that of a flag.
    fn destroyed(&self, name: &str) -> Option<String> {
        let destroyed = self.app.flags().get(name).as_feature().ok()?;
        (destroyed.version() > 0)
            .then(|| format!("it was destroyed; `{}` lists its versions", self.command(&["history", name])))
    }

    /// Returns the features whose current version cannot be used, by name.
    pub(crate) fn quarantined(&self) -> BTreeMap<String, Quarantine> {
        let quarantined = self.app.status().quarantined.into_iter();
        quarantined.map(|quarantine| (quarantine.feature.clone(), quarantine)).collect()
    }

    /// Returns the segments and attributes that conditions of a feature can use.
    pub(crate) async fn vocabulary<'a>(&self, declaration: &'a Declaration) -> Result<Vocabulary<'a>> {
        let catalogs = self.app.catalogs().await?;
        let attributes = attributes(catalogs.values(), None);
        let kinds = attributes.iter().map(|(name, value)| (name.to_owned(), value.kind()));
        Ok(Vocabulary { declaration, attributes: kinds.collect() })
    }

    /// Returns the current versions of features that have a state but are declared by no program, by name.
    pub(crate) async fn undeclared(&self) -> Result<BTreeMap<String, u64>> {
        let mut versions: BTreeMap<_, _> = self.store.store().versions().await?.into_iter().collect();
        for declaration in self.app.declarations() {
            versions.remove(&*declaration.name);
        }
        Ok(versions)
    }

    /// Returns a `feats` command on this store that can be pasted into a shell.
    pub(crate) fn command(&self, words: &[&str]) -> String {
        let mut command = vec!["feats".to_owned()];
        command.extend(words.iter().map(|word| quoted(word)));
        if env::var(STORE_VARIABLE).is_ok_and(|set| self.location.was_given_as(&set)) {
            return command.join(" ");
        }
        command.extend(["--store".to_owned(), quoted(&self.location.to_string())]);
        command.join(" ")
    }
}

/// Returns the attributes that programs have published; with a feature, only those of programs that declare it. If
/// several programs have the same attribute, the last one wins.
pub(crate) fn attributes<'c>(
    catalogs: impl Iterator<Item = &'c Catalog>,
    feature: Option<&str>,
) -> Attributes<'static> {
    let declares = |catalog: &Catalog| match feature {
        Some(feature) => catalog.features.iter().any(|declared| &*declared.name == feature),
        None => true,
    };
    let published = catalogs.filter(|catalog| declares(catalog)).flat_map(|catalog| &catalog.attributes);
    published.filter_map(|(name, json)| Some((name.clone(), value(json)?))).collect()
}

/// Returns the failure of a command that needs a store and was given none.
pub(crate) fn no_store() -> Failure {
    Failure::Usage(format!("no store given; use --store redis://HOST or --store sqlite:PATH, or set {STORE_VARIABLE}"))
}

/// Returns the name of the current user, the default author.
pub(crate) fn user() -> Option<String> {
    let names = ["USER", "LOGNAME", "USERNAME"].into_iter().filter_map(|variable| env::var(variable).ok());
    names.into_iter().find(|name| !name.is_empty())
}

/// Returns the failure for the address of a store in place of a name.
pub(crate) fn address_as_name(expected: &str) -> Failure {
    Failure::Usage(format!(
        "expected the name of a {expected}, not the address of a store; use --store for the address"
    ))
}

async fn start(store: &OpenStore, attributes: Attributes<'_>) -> Result<App> {
    let mut app = store.app().program("feats", env!("CARGO_PKG_VERSION")).detached();
    for (name, value) in attributes.iter() {
        app = app.attribute(name, value.clone().into_owned());
    }
    let app = app.start().await?;
    let status = app.status();
    let unavailable = |message: String| Err(Error::new(ErrorKind::Unavailable, message).into());
    if status.error.is_some() || !status.is_live() {
        return unavailable(status.error.unwrap_or_else(|| "the store does not answer".to_owned()));
    }
    // A warning may mean that catalogs could not be loaded. Features would then be missing from every result.
    if let Some(warning) = status.warnings.into_iter().next() {
        let catalogs = app.catalogs().await?;
        let known = app.declarations();
        let mut published = catalogs.values().flat_map(|catalog| &catalog.features);
        if published.any(|feature| known.iter().all(|known| known.name != feature.name)) {
            return unavailable(warning);
        }
    }
    Ok(app)
}

fn value(json: &serde_json::Value) -> Option<Value<'static>> {
    let parse = |kind: ValueKind| kind.parse(&json.to_string());
    match json {
        serde_json::Value::String(text) => Some(Value::from(text.clone())),
        serde_json::Value::Bool(bool) => Some(Value::from(*bool)),
        serde_json::Value::Number(_) => parse(ValueKind::Integer).or_else(|| parse(ValueKind::Float)),
        _ => None,
    }
}

/// Quotes a word for a POSIX shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | ':' | '@' | '+' | '=' | ',');
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("sqlite:feats.db"), "sqlite:feats.db");
        assert_eq!(quoted("US canary"), "'US canary'");
        assert_eq!(quoted("it's; rm -rf $HOME"), r"'it'\''s; rm -rf $HOME'");
        assert_eq!(quoted(""), "''");
    }
}
