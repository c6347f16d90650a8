//! Pins: a route with another pin shares the rules of the first one, and equals the compiled route.

use feats::evaluate::Outcome;
use feats::model::State;
use proptest::option;
use proptest::prelude::*;

use super::generators::{attributes, declaration, instant, name, state};
use super::world::{VERSION, cases, choose, stored};

proptest! {
    #![proptest_config(cases(150))]

    #[test]
    fn a_route_with_another_pin_is_the_route_of_the_state_with_that_pin(
        state in state(), before in option::of(name()), after in option::of(name()), declaration in declaration(),
        subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let with = |pinned: &Option<String>| {
            let mut state: State = state.clone();
            state.pinned.clone_from(pinned);
            stored(&state, &declaration).route.unwrap()
        };
        let position = |name: &String| declaration.position(name).unwrap();
        let shared = with(&before).with_pin(after.as_ref().map(position), VERSION);
        let compiled = with(&after);
        prop_assert_eq!(format!("{shared:?}"), format!("{compiled:?}"));
        let outcome = choose(&shared, &declaration, &subject, now, draw);
        prop_assert_eq!(outcome, choose(&compiled, &declaration, &subject, now, draw));
    }

    #[test]
    fn a_pin_and_an_unpin_change_only_the_version(
        state in state(), declaration in declaration(), subject in attributes(), now in instant(), draw in any::<u64>(),
    ) {
        let mut state = state;
        state.pinned = None;
        let first = stored(&state, &declaration).route.unwrap();
        let last = first.with_pin(Some(0), VERSION + 1).with_pin(None, VERSION + 2);
        let outcome = choose(&first, &declaration, &subject, now, draw);
        let version = VERSION + 2;
        prop_assert_eq!(choose(&last, &declaration, &subject, now, draw), Outcome { version, ..outcome });
    }
}
