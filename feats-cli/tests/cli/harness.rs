//! A store with the catalog of a shop, and commands that run on it.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::SystemTime;

use feats::model::{
    ApplicableSegment, Declaration, Entry, FORMAT, FeatureKind, Header, InputDeclaration, SourceLocation, ValueKind,
};
use feats::store::{Page, RevisionStamp, Sqlite, Store};
use feats::{App, Timestamp};
use serde_json::Value as Json;
use tempfile::TempDir;

/// A store in a temporary directory, with the catalog of a shop.
pub struct Shop {
    pub directory: TempDir,
}

/// The exit code and output of a command.
#[derive(Debug)]
pub struct Done {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Shop {
    pub fn new() -> Self {
        let shop = Self { directory: tempfile::tempdir().expect("a directory") };
        shop.publish_catalog("1.4.2", features());
        shop
    }

    pub fn path(&self) -> PathBuf {
        self.directory.path().join("feats.db")
    }

    pub fn store(&self) -> Sqlite {
        Sqlite::open(self.path()).expect("a path")
    }

    /// Publishes the catalog of a program with the given features.
    pub fn publish_catalog(&self, version: &str, features: Vec<Declaration>) {
        let store = self.store();
        publish_catalog(store.clone(), version, features);
        block_on(store.close());
    }

    /// Starts a program that runs until it is shut down.
    pub fn start_program(&self, version: &str, features: Vec<Declaration>) -> App {
        let app = App::builder().store(self.store()).program("shop", version);
        let app = features.into_iter().fold(app, feats::AppBuilder::declare).detached();
        block_on(app.start()).expect("an app starts")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = feats();
        command.args(arguments).env("FEATS_STORE", self.path());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Done {
        Done::run(self.command(arguments))
    }

    /// Runs a command that must succeed, and returns its output.
    pub fn ok(&self, arguments: &[&str]) -> String {
        self.run(arguments).exits(0).out
    }

    /// Runs a command with `--json`, and returns its result.
    pub fn json(&self, arguments: &[&str]) -> Json {
        let out = self.ok(&[arguments, &["--json"]].concat());
        serde_json::from_str(&out).expect("JSON")
    }

    /// Returns the current version of a feature.
    pub fn version(&self, feature: &str) -> u64 {
        self.json(&["show", feature])["version"].as_u64().expect("a version")
    }

    /// Runs a command that must fail with the given exit code and messages, and must not write to any feature.
    pub fn refuses(&self, code: i32, arguments: &[&str], messages: &[&str]) -> Done {
        let versions = || {
            self.json(&["list"])["features"]
                .as_array()
                .map(|list| list.iter().map(|feature| feature["version"].clone()).collect::<Vec<_>>())
        };
        let before = versions();
        let done = self.run(arguments).exits(code);
        assert_eq!(done.out, "", "{arguments:?}");
        for message in messages {
            assert!(done.err.contains(message), "{message:?} is not in the output of {arguments:?}:\n{}", done.err);
        }
        assert_eq!(versions(), before, "{arguments:?} wrote something");
        done
    }
}

/// Publishes the catalog of a program with the given features.
pub fn publish_catalog(store: impl Store, version: &str, features: Vec<Declaration>) {
    let app = App::builder().store(store).program("shop", version).attribute("Environment", "dev");
    let app = features.into_iter().fold(app, feats::AppBuilder::declare).detached();
    block_on(async {
        let app = app.start().await.expect("an app starts");
        assert!(app.status().is_live(), "{:?}", app.status());
        app.shutdown().await.expect("it ends");
    });
}

impl Done {
    pub fn run(mut command: Command) -> Self {
        Self::from(command.stdin(Stdio::null()).output().expect("it runs"))
    }

    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "out: {}\nerr: {}", self.out, self.err);
        self
    }

    /// Returns the error as JSON.
    pub fn error(&self) -> Json {
        let error: Json = serde_json::from_str(&self.err).expect("JSON");
        error["error"].clone()
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// Returns the command with an environment that does not depend on the machine.
pub fn feats() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feats"));
    for variable in ["FEATS_STORE", "FEATS_AUTHOR", "LOGNAME", "USERNAME", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command.env("USER", "ada");
    command
}

pub fn block_on<F: Future>(future: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(future)
}

pub fn features() -> Vec<Declaration> {
    let mut payments = Declaration::new("PaymentProcessor", ["acme", "premium", "aperture"])
        .doc("Who charges the card.\nChoose with care.")
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Age", ValueKind::Integer)
        .segment("Score", ValueKind::Float)
        .segment("Member", ValueKind::Bool);
    payments.kind = Some(FeatureKind::Ops);
    payments.owner = Some("payments".into());
    payments.expires = Some("2999-12-31".into());
    payments.location = Some(Box::new(SourceLocation {
        crate_name: "shop".into(),
        version: "1.4.2".into(),
        module: "shop::checkout".into(),
        file: "src/checkout.rs".into(),
        line: 42,
    }));
    if let Some(premium) = Arc::make_mut(&mut payments.implementations).get_mut(1) {
        premium.doc = "4% + $0.50 a transaction".into();
    }
    let mut images = Declaration::new("ImageProcessing", ["enabled", "default", "disabled"]).default_to("default");
    images.boolean = true;
    vec![payments, images, layout(), Declaration::new("ConfirmText", ["submit", "save"])]
}

/// Returns a feature with two inputs that both have the same segment.
fn layout() -> Declaration {
    let applicable = |input: &str| ApplicableSegment {
        segment: "Device".into(),
        input: Some(input.into()),
        kind: ValueKind::Text,
        options: vec!["ios".into(), "android".into()],
    };
    let input = |name: &str| InputDeclaration { name: name.into(), type_name: "shop::Request".into() };
    let mut layout = Declaration::new("layout", ["plain", "rich"]);
    layout.inputs = vec![input("first"), input("second")];
    layout.segments = [applicable("first"), applicable("second")].into();
    layout
}

/// Appends a revision without any checks, as a newer version of feats or another program could. Closes the store.
pub fn append_unchecked(store: &Sqlite, feature: &str, header: impl FnOnce(Header) -> Header, state: &Json) {
    block_on(async {
        let newest = store.history(feature, Page { before: None, limit: 1 }).await.expect("read").pop();
        let expected = newest.as_ref().map(RevisionStamp::after).unwrap_or_default();
        let header = header(Header {
            format: FORMAT,
            feature: feature.to_owned(),
            version: expected.version + 1,
            id: format!("id{}", expected.version + 1),
            previous: expected.hash,
            author: "stranger".to_owned(),
            comment: String::new(),
            time: Timestamp::from(SystemTime::now()),
        });
        let entry = Entry::encode(&header, Some(state)).expect("an entry");
        store.append(expected, &entry).await.expect("appended");
        store.close().await;
    });
}
