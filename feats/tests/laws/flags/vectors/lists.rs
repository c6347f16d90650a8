//! Lists of flags.

use serde_json::{Value as Json, json};

use super::{Count, vectors};
use crate::flags::program::Program;
use crate::world::wait;

#[test]
fn flags_are_listed_as_in_flipper() {
    let Some(vectors) = vectors("flipper.list") else { return };
    let mut count = Count::default();
    for vector in vectors {
        let program = Program::start();
        for name in vector.input["names"].as_array().unwrap() {
            wait(program.flags.create(name.as_str().unwrap())).unwrap();
        }
        let number = |name: &str| vector.input[name].as_u64().map(|number| usize::try_from(number).unwrap());
        let list = program.flags.list().offset(number("offset").unwrap());
        let list = match number("limit") {
            Some(limit) => list.limit(limit),
            None => list,
        };
        let names: Json = json!(list.names());
        assert_eq!(names, *vector.right(), "{}", vector.id);
        count.add("listed");
    }
    count.assert([("listed", 5)]);
}
