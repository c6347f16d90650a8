//! Ramps of Flipper, as shares of the slots.

use feats::ErrorKind;
use feats::flags::Bucketer;
use feats::model::SLOTS;

use super::{Count, program, ramp, vectors};
use crate::flags::program::{rollout, share};
use crate::world::wait;

/// The longest ramp that feats accepts, in seconds.
const TEN_YEARS: i64 = 3_652 * 86_400;

#[test]
fn ramps_have_the_shares_of_flipper() {
    let Some(vectors) = vectors("flipper.ramp") else { return };
    let mut count = Count::default();
    for vector in vectors {
        if vector.remark() == Some("reject at construction") {
            assert!(vector.input["ramp_duration"].as_i64().unwrap() < 0);
            count.add("cannot be written: a negative duration");
            continue;
        }
        let program = program(&vector.input);
        let bucketer = ramp(Bucketer::consistent(["user_id"]), &vector.input);
        let new = program.flags.create("RAMP").enabled().bucketer(bucketer);
        if vector.input["ramp_duration"].as_i64().unwrap() > TEN_YEARS {
            assert_eq!(wait(new).unwrap_err().kind(), ErrorKind::Invalid, "{}", vector.id);
            count.add("refused: more than ten years");
            continue;
        }
        let flag = wait(new).unwrap();
        let reached = share(&rollout(&flag).unwrap().allocation_at(program.now()), "enabled");
        let expected = vector.right().as_f64().unwrap() * f64::from(SLOTS);
        assert!((f64::from(reached) - expected).abs() <= 1.0, "{}: {reached} slots, not {expected}", vector.id);
        count.add("followed");
    }
    count.assert([
        ("cannot be written: a negative duration", 1),
        ("followed", 15),
        ("refused: more than ten years", 1),
    ]);
}
