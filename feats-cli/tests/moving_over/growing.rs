//! Shares of imported flags grow, and no user leaves.

use std::ops::Range;

use feats::App;
use feats::flags::Flag;
use feats::model::{SLOTS, Selector};
use serde_json::Value as Json;
use tokio::runtime::Runtime;

/// The percentage points by which each share grows, one after the other.
const STEPS: [f64; 3] = [0.5, 5.0, 20.0];

/// Lets each share in buckets grow, and checks that exactly the slots of the difference join, and none leaves. Returns the number of
/// flags that each step concerns. Every other flag then grows to a whole percentage.
pub fn grow(runtime: &Runtime, app: &App, imports: &[&Json]) -> [usize; STEPS.len()] {
    let flags = imports.iter().flat_map(|import| import["flags"].as_array().expect("a list"));
    let mut steps = [0; STEPS.len()];
    for flag in flags {
        let name = flag["flag"].as_str().expect("a name");
        let (Some(mut share), true) = (flag["share"].as_f64(), name.contains("share/")) else { continue };
        let handle = app.flags().get(name);
        for (step, points) in STEPS.iter().enumerate() {
            if share + points > 100.0 {
                break;
            }
            let before = enabled(&handle);
            // Percentages have at most four decimals.
            share = ((share + points) * 1e4).round() / 1e4;
            runtime.block_on(handle.set_percentage(share).into_future()).expect(name);
            let after = enabled(&handle);
            let stays =
                |range: &Range<u32>| after.iter().any(|other| other.start <= range.start && range.end <= other.end);
            assert!(before.iter().all(stays), "{name}: some leave when the share grows to {share}%");
            assert_eq!(
                f64::from(count(&after) - count(&before)),
                points * f64::from(SLOTS / 100),
                "{name} to {share}%"
            );
            steps[step] += 1;
        }
        if steps[0] % 2 == 0 && share.fract() != 0.0 {
            runtime.block_on(handle.set_percentage(share.ceil()).into_future()).expect(name);
        }
    }
    steps
}

/// Returns the slots for which a flag is enabled.
fn enabled(flag: &Flag) -> Vec<Range<u32>> {
    let state = flag.as_feature().expect("a flag").state();
    let rollout = state.otherwise.as_ref().and_then(Selector::rollout).expect("a rollout").clone();
    assert!(rollout.bucketing.is_some(), "{} has left its buckets", flag.name());
    let (mut start, mut ranges) = (0, Vec::<Range<u32>>::new());
    for slots in &rollout.slots {
        let end = start + slots.length;
        match ranges.last_mut().filter(|range| range.end == start) {
            Some(last) if slots.implementation == "enabled" => last.end = end,
            _ if slots.implementation == "enabled" => ranges.push(start..end),
            _ => {}
        }
        start = end;
    }
    ranges
}

fn count(ranges: &[Range<u32>]) -> u32 {
    ranges.iter().map(|range| range.end - range.start).sum()
}
