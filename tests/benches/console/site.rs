//! The data of the console: programs that share a store, and the history of their features.

use std::time::{Duration, SystemTime};

use feats::model::{Declaration, Entry, FORMAT, FeatureKind, Header, Override, Value, ValueKind};
use feats::store::{AppendOutcome, Memory, RevisionStamp, Store};
use feats::{App, State, Timestamp};
use serde_json::{Value as Json, json};

pub const FEATURES: usize = 1_000;
pub const REVISIONS: usize = 10;
pub const RULES: usize = 30;
/// The number of different states.
const KINDS: usize = 12;

/// Programs that share a store.
pub struct Site {
    pub apps: Vec<App>,
}

/// Returns the name of a feature.
pub fn name(index: usize) -> String {
    format!("Feature{index:04}")
}

impl Site {
    /// Starts three programs on a store. Each call of `open` returns a handle of the same store.
    pub async fn over<S: Store>(open: impl Fn() -> S) -> Self {
        let store = open();
        write_histories(&store).await;
        use_all(&store).await;
        let mut apps = Vec::new();
        for (program, version) in [("shop", "1.4.2"), ("shop", "1.5.0"), ("mailer", "7.0.1")] {
            apps.push(start(open(), program, version, FEATURES).await);
        }
        Self { apps }
    }
}

async fn start(store: impl Store, program: &str, version: &str, features: usize) -> App {
    let builder = App::builder().store(store).program(program, version).attribute("Environment", "production");
    let builder = (0..features).fold(builder.detached(), |builder, at| builder.declare(declaration(at)));
    builder.start().await.expect("an app starts")
}

fn declaration(at: usize) -> Declaration {
    let mut declaration = Declaration::new(&name(at), ["acme", "premium", "aperture"])
        .doc("The processor that charges the card.\n\nEvery payment uses it, so ask the payments team before you change it.")
        .segment("Country", ValueKind::Text)
        .segment("UserId", ValueKind::Integer)
        .segment("Age", ValueKind::Integer)
        .segment("Release", ValueKind::Text);
    let kinds = [FeatureKind::Release, FeatureKind::Experiment, FeatureKind::Ops, FeatureKind::Permission];
    declaration.kind = kinds.get(at % 5).copied();
    declaration.owner = Some(["payments", "search", "growth"][at % 3].into());
    declaration.expires = at.is_multiple_of(7).then(|| "2026-01-31".into());
    declaration
}

/// Writes the history of every feature, copied from a feature with the same kind of state, which an app has published.
async fn write_histories(store: &impl Store) {
    let app = start(Memory::new(), "draft", "0.1.0", KINDS).await;
    let mut histories = Vec::new();
    for at in 0..KINDS {
        let feature = app.feature_named(&name(at)).expect("declared");
        let mut history = Vec::new();
        for revision in 0..REVISIONS {
            let state = State::from_json(&state(at, revision));
            feature.edit().replace(state).author("ada").publish().await.expect("published");
            history.push(feature.state());
        }
        histories.push(history);
    }
    let begun = Timestamp::from(SystemTime::now()).as_millis() - (FEATURES * REVISIONS) as i64 * 1_000;
    let mut before = vec![RevisionStamp::default(); FEATURES];
    for revision in 0..REVISIONS {
        for (at, before) in before.iter_mut().enumerate() {
            let mut state = histories[at % KINDS][revision].clone();
            state.overrides.push(Override::new("UserId", [Value::from(at)], "premium"));
            if at.is_multiple_of(20) && revision + 1 == REVISIONS {
                state.pinned = Some("premium".to_owned());
            }
            let header = Header {
                format: FORMAT,
                feature: name(at),
                version: revision as u64 + 1,
                id: format!("{at}-{revision}"),
                previous: before.hash,
                author: ["ada", "grace", "linus", "margaret"][(at + revision) % 4].to_owned(),
                comment: format!("{}% had no errors for a day, so more of Canada gets it", revision + 5),
                time: Timestamp::from_millis(begun + (revision * FEATURES + at) as i64 * 1_000),
            };
            let entry = Entry::encode(&header, Some(&state)).expect("written");
            assert!(matches!(store.append(*before, &entry).await, Ok(AppendOutcome::Done)));
            *before = RevisionStamp::after(&entry);
        }
    }
}

/// Returns a state with parts of every kind. A rollout grows from one revision to the next.
fn state(at: usize, revision: usize) -> Json {
    let rules: Vec<Json> = (0..RULES).map(|rule| self::rule(at, rule, revision)).collect();
    json!({
        "overrides": [{ "segment": "UserId", "values": [100_042, 100_043], "use": "premium" }],
        "rules": rules,
        "otherwise": { "static": "acme" },
    })
}

fn rule(at: usize, rule: usize, revision: usize) -> Json {
    let country = json!({ "segment": "Country", "in": ["CA", "US", "FR"] });
    let when = match rule % 6 {
        0 => country,
        1 => json!({ "all": [country, { "segment": "Age", "gte": 18 + rule }] }),
        2 => json!({ "any": [{ "not": country }, { "segment": "UserId", "in": (0..20).collect::<Vec<_>>() }] }),
        3 => json!({ "segment": "Release", "semver": ">=1.4.0, <2" }),
        4 => json!({ "segment": "Country", "matches": "^(DE|AT|CH)$" }),
        _ => json!({ "all": [{ "attribute": "Environment", "eq": "staging" }, { "segment": "Age", "lt": 18 }] }),
    };
    let growing = 5 + revision;
    let weights = json!({ "aperture": growing, "acme": 100 - growing });
    let select = match rule % 5 {
        0 if rule == 10 && at.is_multiple_of(3) => {
            let start = Timestamp::from(SystemTime::now());
            json!({ "rollout": { "by": "UserId", "weights": weights, "ramp": { "start": start, "duration": "3h" } } })
        }
        1 if rule == 1 && at.is_multiple_of(4) => {
            json!({ "experiment": { "by": "UserId", "weights": weights, "share": 20 } })
        }
        2 => json!({ "rollout": { "by": "UserId", "weights": weights } }),
        _ => json!({ "static": "premium" }),
    };
    json!({ "name": format!("rule {rule} of the spring sale"), "when": when, "select": select })
}

/// Stores counts as programs would: every implementation of every feature in each minute of an hour and on each of 90 days.
async fn use_all(store: &impl Store) {
    let counters = (0..FEATURES).flat_map(|at| {
        let name = name(at);
        // Some are never used.
        let of = |implementation: &str, count: i64| {
            (format!("{name}\u{1f}{implementation}"), if at.is_multiple_of(11) { 0 } else { count })
        };
        [(name.clone(), 0), of("acme", 90), of("premium", 7), of("aperture", 3)]
    });
    let counters: Vec<_> = counters.collect();
    let now = Timestamp::from(SystemTime::now()).as_millis();
    for (kind, step, count) in [("uses_by_minute", 60_000, 60), ("uses_by_day", 86_400_000, 90)] {
        for back in 0..count {
            let start = Timestamp::from_millis((now.div_euclid(step) - back) * step);
            let kept = Some(Duration::from_secs(100 * 86_400));
            store.counters().unwrap().add(kind, &start.to_string(), &counters, kept).await.expect("counted");
        }
    }
}
