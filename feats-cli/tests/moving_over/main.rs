//! The real flipper-client and Flypper write 200 flags into a Redis, and feats imports them. Every user gets the same answers
//! before and after, also while the shares grow, and after the way back.

mod command;
mod growing;
mod originals;
mod users;

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use feats::testing::ManualClock;
use feats::{App, Timestamp};
use feats_servers::Redis;
use serde_json::Value as Json;

use command::feats;
use originals::Originals;
use users::User;

/// The times after the import at which both are asked, in milliseconds. Ramps start an hour after the flags were written, and take
/// two.
const TIMES: [u64; 5] = [2_000, 1_234_567, 3_700_001, 7_200_000, 14_400_000];

#[test]
fn every_user_keeps_the_answers_of_flipper_and_flypper() {
    let (Some(python), true) = (feats_servers::python(), feats_servers::available()) else { return };
    let (redis, users) = (Redis::start(), users::users());
    let originals = Originals::new(python, &redis, &users);
    originals.write_flags();
    // The flags of feats are in the same Redis.
    let store = redis.url();
    let features = format!("{store}/features");

    let dry_run = feats(&store, &["flag", "import", "--from", "flipper", &features, "--dry-run", "--json"]).json();
    let flipper = feats(&store, &["flag", "import", "--from", "flipper", &features, "--json"]).json();
    let flypper = feats(&store, &["flag", "import", "--from", "flypper", &store, "--json"]).json();
    assert_eq!(dry_run["flags"], flipper["flags"]);
    assert_eq!([&flipper["created"], &flypper["created"]], [164, 36]);
    let again = feats(&store, &["flag", "import", "--from", "flypper", &store, "--json"]).json();
    assert_eq!(again["unchanged"], 36);

    let imported = SystemTime::now();
    let clock = ManualClock::at(&Timestamp::from(imported).to_string());
    let app = feats::store::Redis::open(&store).expect("a URL");
    let app = App::builder().store(app).clock(clock.clone()).detached();
    let runtime = command::runtime();
    let app = runtime.block_on(app.start()).expect("it starts");

    let mut compared = 0;
    for (index, answers) in originals.answers("features", imported, &TIMES).into_iter().enumerate() {
        clock.set_elapsed(Duration::from_millis(TIMES[index]));
        compared += compare(&app, &answers, &users, TIMES[index]);
    }
    // Of 200 flags, one draws at random. Before their start, four of 20 ramps differ, because their share rises from below that at
    // their start. The import lists such ramps.
    assert_eq!(compared, 195 + 16 + 3 * 20);
    assert_eq!(decisions(&flipper, "ramp_not_started").len(), 6);
    assert_eq!(decisions(&flipper, "bucketer_ignored").len(), 5);

    growing::grow(&runtime, &app, &[&flipper, &flypper]);
}

/// Compares the answers of feats with those of the originals. Returns the number of flags that were compared.
fn compare(app: &App, answers: &BTreeMap<String, String>, users: &[User], elapsed: u64) -> usize {
    let flags = app.flags();
    let is_comparable = |name: &str| {
        let has_started = elapsed > 3_600_000 || !name.starts_with("ramp/before/") || name.contains("/0.0 to");
        has_started && name != "random/0.3"
    };
    let mut compared = 0;
    for (name, expected) in answers.iter().filter(|(name, _)| is_comparable(name)) {
        let flag = flags.get(name);
        let different = users
            .iter()
            .zip(expected.chars())
            .find(|(user, expected)| flag.is_enabled(&user.attributes) != (*expected == '1'));
        assert!(
            different.is_none(),
            "{name} after {elapsed} ms: {different:?}, {:?}",
            flag.explain(&different.unwrap().0.attributes)
        );
        assert_eq!(expected.len(), users.len());
        compared += 1;
    }
    compared
}

/// Returns the flags for which an import made a decision of a kind.
fn decisions<'j>(imported: &'j Json, kind: &str) -> Vec<&'j str> {
    let flags = imported["flags"].as_array().expect("a list").iter();
    let has =
        |flag: &&Json| flag["decisions"].as_array().expect("a list").iter().any(|decision| decision["kind"] == kind);
    flags.filter(has).filter_map(|flag| flag["flag"].as_str()).collect()
}
