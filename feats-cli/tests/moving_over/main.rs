//! The real flipper-client and Flypper write 200 flags into a Redis, and feats imports them. Every user gets the same answers
//! before and after, also while the shares grow, and after the way back.

mod command;
mod growing;
mod originals;
mod other_stores;
mod thrift;
mod users;

use std::collections::HashSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use feats::clock::Clock as _;
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
    let originals = Originals::new(python, &redis);
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

    let clock = ManualClock::at(&Timestamp::from(SystemTime::now()).to_string());
    let feats_store = feats::store::Redis::open(&store).expect("a URL");
    let runtime = command::runtime();
    let app = runtime.block_on(App::builder().store(feats_store).clock(clock.clone()).detached().start());
    let side_by_side = SideBySide { originals, clock, app: app.expect("it starts") };

    let compared = side_by_side.compare("features", &users, &TIMES, |_| true);
    // Of 200 flags, one draws at random. Before their start, four of 20 ramps differ, because their share rises from below that at
    // their start. The import lists such ramps.
    assert_eq!(compared, 195 + 16 + 3 * 20);
    assert_eq!(decisions(&flipper, "ramp_not_started").len(), 6);
    assert_eq!(decisions(&flipper, "bucketer_ignored").len(), 5);

    // The way back.
    let some = &users[..2_000];
    let (names, lost) = export(&store, "back");
    let back = (lost, side_by_side.compare("back", some, &TIMES, |name| names.contains(name)));

    let grown = growing::grow(&runtime, &side_by_side.app, &[&flipper, &flypper]);
    assert_eq!(grown, [87, 87, 87], "the numbers of shares that can grow by each step");
    let (names, lost) = export(&store, "grown");
    let grown = (lost, side_by_side.compare("grown", some, &TIMES[..1], |name| names.contains(name)));
    // Flypper's flags have gates and buckets that flipper-client does not have. Neither do shares between two buckets. All others of
    // the 199 flags that are not archived agree again, apart from the one that draws at random and two ramps before their start.
    assert_eq!([back, grown], [(33, 163 + 14 + 3 * 16), (68, 128)]);
}

/// Exports all flags to flipper-client, into a base key of the same Redis. Returns the names of those that it expresses completely,
/// and the number of the others, which the command lists.
fn export(store: &str, base_key: &str) -> (HashSet<String>, usize) {
    let place = format!("{store}/{base_key}");
    let exported = feats(store, &["flag", "export", "--to", "flipper", "--output", &place, "--json"]).json();
    let flags = exported["flags"].as_array().expect("a list");
    let complete = flags.iter().filter(|flag| flag["lost"].as_array().is_some_and(Vec::is_empty));
    let complete: HashSet<_> = complete.filter_map(|flag| Some(flag["flag"].as_str()?.to_owned())).collect();
    let lost = flags.len() - complete.len();
    (complete, lost)
}

/// The original clients and feats, on the same flags and at the same times.
struct SideBySide {
    originals: Originals,
    clock: ManualClock,
    app: App,
}

impl SideBySide {
    /// Compares the answers for all flags in a base key of flipper-client that a filter selects, at some times in milliseconds. Returns
    /// the number of flags that were compared.
    fn compare(&self, base_key: &str, users: &[User], times: &[u64], selects: impl Fn(&str) -> bool) -> usize {
        self.clock.set_elapsed(Duration::ZERO);
        let start = UNIX_EPOCH + Duration::from_millis(self.clock.now().as_millis().cast_unsigned());
        let answers = self.originals.answers(base_key, users, start, times);
        assert_eq!(answers.len(), times.len());
        let mut compared = 0;
        for (answers, time) in answers.iter().zip(times) {
            self.clock.set_elapsed(Duration::from_millis(*time));
            // Before its start, the share of a ramp of flipper-client rises to the first one.
            let has_started =
                |name: &str| *time > 3_600_000 || !name.starts_with("ramp/before/") || name.contains("/0.0 to");
            for (name, expected) in answers {
                if selects(name) && has_started(name) && name != "random/0.3" {
                    self.compare_flag(name, users, expected);
                    compared += 1;
                }
            }
        }
        compared
    }

    fn compare_flag(&self, name: &str, users: &[User], expected: &str) {
        let flag = self.app.flags().get(name);
        assert_eq!(expected.len(), users.len());
        for (user, expected) in users.iter().zip(expected.chars()) {
            let answer = flag.is_enabled(&user.attributes);
            assert_eq!(
                answer,
                expected == '1',
                "{name} at {}: {user:?}, {:?}",
                self.clock.now(),
                flag.explain(&user.attributes)
            );
        }
    }
}

/// Returns the flags for which an import made a decision of a kind.
fn decisions<'j>(imported: &'j Json, kind: &str) -> Vec<&'j str> {
    let flags = imported["flags"].as_array().expect("a list").iter();
    let has =
        |flag: &&Json| flag["decisions"].as_array().expect("a list").iter().any(|decision| decision["kind"] == kind);
    flags.filter(has).filter_map(|flag| flag["flag"].as_str()).collect()
}
