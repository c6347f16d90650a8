//! The stores that the pages of the book run on.
//!
//! A page names a store in a comment: `<!-- store: shop -->` is a new store with the features of `examples/shop` and a running
//! program; `<!-- store: fee -->` is that of the first chapter. The lines of the comment prepare the store: commands of `feats`, and
//! steps that only programs can do (see [`BookShop::prepare`]).

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use feats::flags::{Bucketer, Condition};
use feats::model::{Declaration, FeatureKind, Header, SourceLocation, ValueKind};
use feats::store::{Sqlite, Store};
use feats::{App, AppBuilder, Timestamp};
use sqlx::{Connection, SqliteConnection};
use tempfile::TempDir;

use crate::harness::{Done, append_unchecked, block_on, feats};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A store, and the programs that use it while a page is checked.
pub struct BookShop {
    directory: TempDir,
    programs: Vec<App>,
}

impl BookShop {
    pub fn open(name: &str) -> Self {
        let mut shop = Self { directory: tempfile::tempdir().expect("a directory"), programs: Vec::new() };
        match name {
            "shop" => shop.start("shop", "1.4.2", shop_features()),
            "fee" => shop.start("fee", "0.1.0", vec![fee()]),
            other => panic!("the book has no store named {other}"),
        }
        shop
    }

    /// Runs the command in the directory of the store, as user `ada`.
    pub fn run(&self, arguments: &[String]) -> Done {
        let mut command = feats();
        command.args(arguments).current_dir(self.directory.path()).env("FEATS_STORE", "sqlite:feats.db");
        Done::run(command)
    }

    /// Runs a hidden line of a page:
    ///
    /// - `create flags`: creates the flags `NEW_CHECKOUT` and `THEME` in the program
    /// - `flipper flags`: writes the two flags of flipper-client that the page shows into `flags.jsonl`
    /// - `older program`: starts a program without the implementation `aperture`
    /// - `exposures FEATURE ARM=UNITS…`: stores units of the feature's experiment
    /// - `days FEATURE DAYS [IMPLEMENTATION=USES…]`: stores uses on each of the last days
    /// - `write FEATURE JSON`: appends a state without checks, as a newer program could
    /// - `lose everything`: empties the store of the running program, whose fallback file is `fallback.jsonl`
    pub fn prepare(&mut self, line: &str) {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match (verb, rest) {
            ("create", "flags") => block_on(self.create_flags()).expect("flags"),
            ("flipper", "flags") => self.write_flipper_flags(),
            ("older", "program") => self.start("shop", "1.3.0", older_features()),
            ("exposures", rest) => self.count_exposures(rest),
            ("days", rest) => self.count_days(rest),
            ("write", rest) => self.write(rest),
            ("lose", "everything") => self.lose_everything(),
            _ => panic!("no store of the book can do this: {line}"),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("feats.db")
    }

    fn store(&self) -> Sqlite {
        Sqlite::open(self.path()).expect("a path")
    }

    fn start(&mut self, program: &str, version: &str, features: Vec<Declaration>) {
        let file = self.directory.path().join("fallback.jsonl");
        let app = App::builder().store(self.store()).program(program, version).fallback_file(file).detached();
        let app = features.into_iter().fold(app, AppBuilder::declare);
        self.programs.push(block_on(app.start()).expect("an app starts"));
    }

    async fn create_flags(&self) -> feats::Result<()> {
        let flags = self.programs.first().expect("a program").flags().author("grace");
        let admins = Condition::new().check("is_admin", true).check("plan__in", ["pro", "team"]);
        let half = Bucketer::consistent(["user_id"]).percentage(50.0);
        let checkout = flags.create("NEW_CHECKOUT").enabled().condition(admins).comment("the new checkout").await?;
        checkout.set_bucketer(half).comment("half of the users").await?;
        flags.create_variants("THEME", [("light", "#fff".into()), ("dark", "#000".into())]).enabled().await?;
        Ok(())
    }

    fn write_flipper_flags(&self) {
        let page = include_str!("../../../../docs/moving-over.md");
        let flags = page.lines().filter(|line| line.starts_with("{\"feature_name\"")).take(2).collect::<Vec<_>>();
        fs::write(self.directory.path().join("flags.jsonl"), flags.join("\n")).expect("written");
    }

    fn count_exposures(&self, line: &str) {
        let mut words = line.split(' ');
        let feature = words.next().expect("a feature");
        let shown = self.run(&["experiment", feature, "--json"].map(str::to_owned));
        let shown: serde_json::Value = serde_json::from_str(&shown.out).expect("JSON");
        let seed = shown["experiments"][0]["seed"].as_str().expect("a seed").to_owned();
        let counts: Vec<_> = words.map(|word| count("1/2026-11-30\u{1f}", word)).collect();
        let store = self.store();
        block_on(async {
            let counters = store.counters().expect("counters");
            counters.add("exposures", &format!("{feature}\u{1f}{seed}"), &counts, None).await.expect("counted");
            store.close().await;
        });
    }

    fn count_days(&self, line: &str) {
        let mut words = line.split(' ');
        let feature = words.next().expect("a feature");
        let days: i64 = words.next().and_then(|days| days.parse().ok()).expect("a number of days");
        let uses = words.map(|word| count(&format!("{feature}\u{1f}"), word));
        let counts: Vec<_> = uses.chain([(feature.to_owned(), 0)]).collect();
        let day = DAY.as_millis() as i64;
        let today = Timestamp::from(SystemTime::now()).as_millis() / day;
        let store = self.store();
        block_on(async {
            let counters = store.counters().expect("counters");
            for past in 0..=days {
                let key = Timestamp::from_millis((today - past) * day).to_string();
                counters.add("uses_by_day", &key, &counts, Some(DAY * 90)).await.expect("counted");
            }
            store.close().await;
        });
    }

    fn write(&self, line: &str) {
        let (feature, state) = line.split_once(' ').expect("a feature and a state");
        let state: serde_json::Value = serde_json::from_str(state).expect("JSON");
        let (author, comment) = ("grace".to_owned(), "from the program of tomorrow".to_owned());
        append_unchecked(&self.store(), feature, |header| Header { author, comment, ..header }, &state);
    }

    fn lose_everything(&self) {
        let app = self.programs.first().expect("a program");
        let versions = || app.declarations().iter().filter(|it| revision(app, &it.name) > 0).count();
        let remembered = || {
            let text = fs::read_to_string(self.directory.path().join("fallback.jsonl")).unwrap_or_default();
            app.declarations().iter().filter(|it| text.contains(it.name.as_ref() as &str)).count()
        };
        block_on(app.refresh()).expect("read");
        let lost = versions();
        wait("the fallback file is written", || remembered() >= lost);
        block_on(async {
            let path = self.path();
            let mut connection = SqliteConnection::connect(path.to_str().expect("UTF-8")).await.expect("a connection");
            let delete = "BEGIN; DELETE FROM revisions; DELETE FROM current; COMMIT";
            sqlx::raw_sql(delete).execute(&mut connection).await.expect("emptied");
            connection.close().await.expect("closed");
        });
        wait("the loss is noticed", || app.status().retained.len() == lost);
        let reported = |instance: &feats::Instance| instance.retained == lost;
        wait("the loss is reported", || block_on(app.instances()).expect("read").iter().any(reported));
    }
}

impl Drop for BookShop {
    fn drop(&mut self) {
        for app in &self.programs {
            // The directory is removed next, so nothing is lost.
            let _ = block_on(app.shutdown());
        }
    }
}

fn revision(app: &App, feature: &str) -> u64 {
    app.feature_named(feature).map(|feature| feature.version()).unwrap_or_default()
}

/// Parses `acme=600` to the key and the value of a counter.
fn count(prefix: &str, word: &str) -> (String, i64) {
    let (name, number) = word.split_once('=').expect("NAME=NUMBER");
    (format!("{prefix}{name}"), number.parse().expect("a number"))
}

fn wait(what: &str, reached: impl Fn() -> bool) {
    let begun = Instant::now();
    while !reached() {
        assert!(begun.elapsed() < Duration::from_secs(30), "not within 30 s: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn described(mut declaration: Declaration, doc: &str, kind: FeatureKind, owner: &str) -> Declaration {
    declaration = declaration.doc(doc);
    declaration.kind = Some(kind);
    declaration.owner = Some(owner.into());
    declaration
}

fn fee() -> Declaration {
    let mut fee = Declaration::new("Fee", ["acme", "premium"])
        .doc("The fee of a payment, in percent.")
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer);
    fee.location = Some(Box::new(SourceLocation {
        crate_name: "fees".into(),
        version: "0.1.0".into(),
        module: "fees".into(),
        file: "src/main.rs".into(),
        line: 16,
    }));
    fee
}

fn payments(implementations: &[&str]) -> Declaration {
    let declaration = Declaration::new("PaymentProcessor", implementations.iter().copied())
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer);
    described(declaration, "Who charges the card.", FeatureKind::Ops, "payments")
}

fn shop_features() -> Vec<Declaration> {
    let priorities = Declaration::new("AllowedPriorities", ["no_priority", "two_priorities", "three_priorities"])
        .segment("UserId", ValueKind::Integer);
    let mut images = Declaration::new("ImageProcessing", ["enabled", "default", "disabled"]).default_to("default");
    images.boolean = true;
    vec![
        described(priorities, "How an order may be ranked.", FeatureKind::Release, "growth"),
        described(images, "Pictures are prepared for each visitor.", FeatureKind::Ops, "media"),
        payments(&["acme", "premium", "aperture"]),
    ]
}

fn older_features() -> Vec<Declaration> {
    vec![payments(&["acme", "premium"])]
}
