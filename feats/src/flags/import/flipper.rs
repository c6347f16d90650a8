//! The state of a flag of Flipper.

use feats_core::__private::duration_text;

use super::gate::add_conditions;
use super::operand::is_rounded;
use super::ramp::{Buckets, Rise, Rising};
use super::report::ImportDecisionKind;
use super::translation::{Translation, check_name_at, first_slots, set_slots, slots_of_buckets, timestamp};
use super::{RampImport, Settings};
use crate::error::{Problem, Problems};
use crate::flags::flipper::{Bucketer, Item, LinearRamp, Percentage, admits};
use crate::flags::ordered_json::{Json, to_serde_map};
use crate::model::limits::{MAX_CLIENT_DATA_BYTES, MAX_JSON_DEPTH, MAX_UNIT_SEGMENTS};
use crate::model::{BucketFunction, By, RANDOM, Ramp, RampFrom, Rollout, SLOTS, SlotRange, Timestamp};

/// The path of the percentage of a bucketer.
const PERCENTAGE: &str = "meta.bucketer.percentage";

/// Translates a flag, and reports everything that feats cannot express.
pub(super) fn translate(
    item: &Item,
    author: &str,
    settings: Settings,
    now: Timestamp,
    problems: &mut Problems,
) -> Translation {
    check_name_at("feature_name", &item.name, problems);
    let created_at = timestamp("meta.created_date", item.created_date.to_f64(), problems);
    let mut translation = Translation::new(created_at, author);
    add_client_data(&mut translation, item, problems);
    if let Some(flag) = &mut translation.state.flag {
        flag.enabled = item.is_enabled;
    }
    add_conditions(&mut translation, &item.conditions, problems);
    for path in &item.dropped_checks {
        let message = format!("{path}: left out, as in Flipper: a later check has the same variable and operator");
        translation.decide(ImportDecisionKind::CheckDropped, message);
    }
    add_bucketer(&mut translation, item, settings, now, problems);
    translation
}

fn add_client_data(translation: &mut Translation, item: &Item, problems: &mut Problems) {
    const PATH: &str = "meta.client_data";
    let data = to_serde_map(&item.client_data);
    let length = serde_json::to_string(&data).map_or(0, |text| text.len());
    if length > MAX_CLIENT_DATA_BYTES {
        let message =
            format!("client data can have at most {MAX_CLIENT_DATA_BYTES} bytes as JSON, and this has {length}");
        problems.push(|| Problem::new(PATH, message));
    }
    if item.client_data.values().any(|value| value.depth() > MAX_JSON_DEPTH) {
        problems.push(|| Problem::new(PATH, format!("client data can be nested at most {MAX_JSON_DEPTH} levels deep")));
    }
    if item.client_data.values().any(|value| value.any(&is_rounded)) {
        let message = format!("{PATH}: an integer beyond 64 bits becomes a float");
        translation.decide(ImportDecisionKind::NumberRounded, message);
    }
    if let Some(flag) = &mut translation.state.flag {
        flag.client_data = data;
    }
}

fn add_bucketer(
    translation: &mut Translation,
    item: &Item,
    settings: Settings,
    now: Timestamp,
    problems: &mut Problems,
) {
    let Some(percentage) = item.bucketer.percentage() else { return };
    if !item.conditions.is_empty() {
        if !settings.buckets_after_conditions {
            translation.decide(
                ImportDecisionKind::BucketerIgnored,
                "Flipper ignores the bucketer of a flag with conditions in every call with an attribute, so the flag has none here: \
                 it is enabled for everyone who violates no condition. To bucket those whom no condition covers, as Flipper \
                 documents, import it with bucketing after conditions",
            );
            return;
        }
        translation.decide(
            ImportDecisionKind::BucketerAfterConditions,
            "the bucketer decides for those whom no condition covers, as Flipper documents; Flipper's code enables the flag for them",
        );
    }
    if !is_finite(percentage, problems) {
        return;
    }
    let otherwise = match &item.bucketer {
        Bucketer::NoOp => return,
        Bucketer::Random(percentage) => random(percentage, translation, now, problems),
        Bucketer::Consistent { percentage, keys } => {
            check_keys(keys, problems);
            consistent(percentage, keys, settings.ramps, translation, now, problems)
        }
    };
    translation.state.otherwise = Some(otherwise.into());
}

fn check_keys(keys: &[String], problems: &mut Problems) {
    const PATH: &str = "meta.bucketer.key_whitelist";
    if keys.len() > MAX_UNIT_SEGMENTS {
        let message = format!("a bucketer can have at most {MAX_UNIT_SEGMENTS} keys, and this has {}", keys.len());
        problems.push(|| Problem::new(PATH, message));
    }
    for (index, key) in keys.iter().enumerate() {
        check_name_at(&format!("{PATH}[{index}]"), key, problems);
    }
}

/// Reports numbers of a percentage beyond the range of floats, with which Flipper cannot compute either.
fn is_finite(percentage: &Percentage, problems: &mut Problems) -> bool {
    let numbers = match percentage {
        Percentage::Fixed(value) => vec![("value", value)],
        Percentage::Ramp(LinearRamp { initial, last, duration, start }) => {
            let numbers = [("initial_value", initial), ("final_value", last), ("ramp_duration", duration)];
            numbers.into_iter().chain(start.as_ref().map(|start| ("initial_time", start))).collect()
        }
    };
    let mut is_finite = true;
    for (key, number) in numbers {
        if !number.to_f64().is_finite() {
            is_finite = false;
            problems.push(|| Problem::new(format!("{PERCENTAGE}.{key}"), "this is beyond the range of 64-bit floats"));
        }
    }
    if let Percentage::Ramp(LinearRamp { start: Some(start), .. }) = percentage {
        timestamp(&format!("{PERCENTAGE}.initial_time"), start.to_f64(), problems);
    }
    is_finite
}

/// Returns a random rollout of the same percentage. A draw is continuous, so no bucket is involved.
fn random(percentage: &Percentage, translation: &mut Translation, now: Timestamp, problems: &mut Problems) -> Rollout {
    let mut rollout = Rollout::new::<String, f64>(RANDOM, []);
    match rise(percentage, translation, now) {
        Rise::None(share) => set_slots(&mut rollout, slots_of_share(share, translation)),
        Rise::Rising(rising) => {
            let (from, to) = (rising.initial.max(0.0), rising.last.min(1.0));
            set_slots(&mut rollout, slots_of_share(to, translation));
            let from = slots_of_share(from, translation);
            let (start, end) = rising.span();
            rollout.ramp = Some(ramp(start, end, from, None, problems));
            if now < rising.start {
                let message = "the ramp has not started. Until then, Flipper's share is less than that at its start, \
                               from which the ramp starts here";
                translation.decide(ImportDecisionKind::RampNotStarted, message);
            }
        }
    }
    rollout
}

/// Returns the slots of a share, to four decimals of a percentage.
fn slots_of_share(share: f64, translation: &mut Translation) -> Vec<SlotRange> {
    let exact = share.clamp(0.0, 1.0) * f64::from(SLOTS);
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the range")]
    let slots = exact.round() as u32;
    if (exact - exact.round()).abs() > 1e-5 {
        let message = format!("{PERCENTAGE}: {share} was rounded to a percentage with four decimals");
        translation.decide(ImportDecisionKind::PercentageRounded, message);
    }
    first_slots(slots)
}

/// Returns a rollout with the buckets that a percentage admits.
fn consistent(
    percentage: &Percentage,
    keys: &[String],
    ramps: RampImport,
    translation: &mut Translation,
    now: Timestamp,
    problems: &mut Problems,
) -> Rollout {
    let by = match keys {
        [only] => By::segment(only),
        keys => keys.iter().cloned().collect::<By>(),
    };
    let mut rollout = Rollout::new::<String, f64>(by, []);
    rollout.bucketing = Some(BucketFunction::Flipper.into());
    let first = |count: u32| slots_of_buckets(BucketFunction::Flipper, |bucket| bucket < count);
    let rising = match rise(percentage, translation, now) {
        Rise::Rising(rising) => rising,
        Rise::None(share) => {
            let slots = slots_of_buckets(BucketFunction::Flipper, |bucket| admits(f64::from(bucket) / 100.0, share));
            set_slots(&mut rollout, slots);
            return rollout;
        }
    };
    let buckets = Buckets::new(&rising, now);
    set_slots(&mut rollout, first(buckets.last));
    if buckets.is_over(now) {
        return rollout;
    }
    let from = first(buckets.first);
    let end = buckets.end();
    let (planned, how) = match ramps {
        RampImport::Steps => {
            let step = SLOTS / BucketFunction::Flipper.buckets();
            let planned = ramp(buckets.start(), end, from, Some(step), problems);
            (
                planned,
                "it goes on in whole buckets, each at its instant in Flipper. Import it gradually to grow by single users",
            )
        }
        RampImport::Gradual => {
            let (start, end) = rising.span();
            let planned = ramp(start, end, from, None, problems);
            (planned, "it goes on gradually, by single users. Import it in steps to follow Flipper's buckets")
        }
    };
    rollout.ramp = Some(planned);
    translation.decide(ImportDecisionKind::RampUnderWay, format!("the ramp ends at {end}; {how}"));
    if now < rising.start {
        let message = format!(
            "the ramp has not started; in Flipper, its share rises to that of its start until {}",
            rising.start
        );
        translation.decide(ImportDecisionKind::RampNotStarted, message);
    }
    rollout
}

/// Returns the ramp between two instants. Reports one that is too long.
fn ramp(start: Timestamp, end: Timestamp, from: Vec<SlotRange>, step: Option<u32>, problems: &mut Problems) -> Ramp {
    let duration = duration_text(end.since(start));
    if feats_core::__private::duration_millis(&duration).is_none() {
        let message = format!("a ramp can last at most ten years, and this lasts {duration}");
        problems.push(|| Problem::new(format!("{PERCENTAGE}.ramp_duration"), message));
    }
    Ramp { start: start.to_string(), duration, from: Some(RampFrom::Slots(from)), step }
}

/// Returns whether a percentage rises, or else its share from now on.
fn rise(percentage: &Percentage, translation: &mut Translation, now: Timestamp) -> Rise {
    let share = percentage.value(now);
    let Percentage::Ramp(ramp) = percentage else { return Rise::None(share) };
    let (initial, last, duration) = (ramp.initial.to_f64(), ramp.last.to_f64(), ramp.duration.to_f64());
    if duration == 0.0 || initial == last {
        return Rise::None(share);
    }
    let Some(start) = ramp.start() else {
        let message = format!(
            "the ramp has no initial_time, so Flipper starts it again whenever it reads the flag; the share stays at {share}"
        );
        translation.decide(ImportDecisionKind::RampWithoutStart, message);
        return Rise::None(share);
    };
    if last < initial || duration < 0.0 {
        let message = format!(
            "the ramp falls. Flipper's share is at most {last} from its start and never stops falling; the share of now was \
             imported: {share}"
        );
        translation.decide(ImportDecisionKind::RampFalls, message);
        return Rise::None(share);
    }
    if share >= last || last <= 0.0 {
        return Rise::None(last);
    }
    Rise::Rising(Rising { ramp: ramp.clone(), initial, last, duration, start })
}

impl Json {
    /// Returns the nesting depth: 0 for a value that is neither a list nor an object.
    fn depth(&self) -> usize {
        match self {
            Json::List(items) => 1 + items.iter().map(Json::depth).max().unwrap_or(0),
            Json::Object(fields) => 1 + fields.values().map(Json::depth).max().unwrap_or(0),
            _ => 0,
        }
    }
}
