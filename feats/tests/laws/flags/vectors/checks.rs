//! Conditions of Flipper, checked alone.

use feats::ErrorKind;
use feats::flags::MissingAttribute;
use serde_json::Value as Json;

use super::{Count, Vector, attributes, condition, vectors};
use crate::flags::program::Program;
use crate::world::wait;

/// Returns the result of a condition, or `None` if it is refused.
fn check(vector: &Vector, missing: MissingAttribute) -> Option<bool> {
    let program = Program::start();
    let new = program.flags.create("FLAG").enabled().missing_attribute(missing);
    match wait(new.condition(condition(&vector.input["condition"]))) {
        Ok(flag) => Some(flag.is_enabled(&attributes(&vector.input["kwargs"]))),
        Err(error) => {
            assert_eq!((error.kind(), error.problems().len()), (ErrorKind::Invalid, 1), "{}: {error}", vector.id);
            None
        }
    }
}

#[test]
fn conditions_hold_as_in_flipper() {
    let Some(vectors) = vectors("flipper.condition_check") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let result = check(&vector, MissingAttribute::Skip);
        match (vector.remark(), vector.right()) {
            (Some("lenient mode true; strict mode false"), _) => {
                assert_eq!(result, Some(true), "{}", vector.id);
                assert_eq!(check(&vector, MissingAttribute::Fail), Some(false), "{}", vector.id);
                count.add("both meanings of a missing attribute");
            }
            (Some("reject or document"), _) => {
                assert_eq!(result, None, "{}", vector.id);
                count.add("refused");
            }
            (Some("no-match (false), never an exception from is_enabled"), _) => {
                assert_eq!(result, Some(false), "{}", vector.id);
                count.add("decided");
            }
            (_, Json::Bool(expected)) => {
                assert_eq!(result, Some(*expected), "{}", vector.id);
                count.add("decided");
            }
            _ => {
                assert_eq!(vector.expected["error"], "InvalidSymbolError", "{}", vector.id);
                assert_eq!(result, None, "{}", vector.id);
                count.add("refused");
            }
        }
    }
    count.assert([("both meanings of a missing attribute", 2), ("decided", 36), ("refused", 2)]);
}
