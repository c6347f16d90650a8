//! Compilation of a planned state, which differs from the checked state only in its selectors.

use std::sync::Arc;

use super::flag_attributes::FlagAttributes;
use super::route::Route;
use super::{Compiled, Compiler, Context, Stage, cache_shared_segments};
use crate::model::{Selector, State};

/// Compiles a planned state, reusing the conditions and overrides from the route of its check. Compiling conditions with patterns
/// takes nearly all of the time.
///
/// `checked` is the route of the same state before planning. It comes from [`compile`](super::compile()) without problems and is
/// not shared. Planning completes the selectors and changes nothing else.
pub fn compile_planned(checked: Route, state: &State, context: Context<'_>) -> Compiled {
    let state = &*state.decisive(context.declaration);
    let mut route = checked;
    let mut compiler = Compiler::new(Context { stage: Stage::Stored, ..context }, state);
    compiler.flag_attributes = FlagAttributes::from(&*route.attributes);
    // In place: the rules are visited again for their segments, which requires that they are not shared.
    let rules = Arc::get_mut(&mut route.rules).into_iter().flatten();
    for (index, (rule, planned)) in
        rules.zip(&state.rules).enumerate().filter(|(_, (_, planned))| is_planned(&planned.select))
    {
        if let Some(select) = compiler.selector(&format!("rules[{index}].select"), &planned.select) {
            rule.select = select;
        }
    }
    if let Some(otherwise) = state.otherwise.as_ref().filter(|otherwise| is_planned(otherwise)) {
        route.otherwise = compiler.selector("otherwise", otherwise);
    }
    if !context.declaration.flag {
        cache_shared_segments(&mut route);
    }
    let problems = compiler.problems_with(&state.problems);
    Compiled { route: problems.is_empty().then_some(route), problems }
}

/// Returns `true` if planning may have changed a selector.
fn is_planned(selector: &Selector) -> bool {
    selector.rollout().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Attributes;
    use crate::bucketing::AllocationPlanner;
    use crate::compile::compile;
    use crate::model::{Declaration, Timestamp, ValueKind};

    /// A state with a pattern, a table of equalities, a segment used in several places, and every kind of selector.
    const STATE: &str = r#"{
        "overrides": [{"segment": "UserId", "values": ["ada"], "use": "premium"}],
        "rules": [
            {"name": "CA", "when": {"segment": "Country", "eq": "CA"}, "select": {"static": "premium"}},
            {"name": "US", "when": {"segment": "Country", "eq": "US"}, "select": {"static": "acme"}},
            {"name": "MX", "when": {"segment": "Country", "eq": "MX"}, "select": {"static": "acme"}},
            {"name": "UK", "when": {"segment": "Country", "eq": "UK"}, "select": {"static": "premium"}},
            {"name": "staff", "when": {"segment": "UserId", "matches": "^staff-[0-9]+$"},
             "select": {"rollout": {"by": "UserId", "weights": {"acme": 50, "premium": 50},
                                    "ramp": {"start": "2026-12-01T08:00:00Z", "duration": "2h", "from": {"acme": 100}}}}},
            {"name": "trial", "when": {"not": {"segment": "Country", "in": ["DE", "FR"]}},
             "select": {"experiment": {"by": "UserId", "weights": {"acme": 20, "premium": 80}, "share": 40}}}
        ],
        "otherwise": {"rollout": {"by": "Country", "weights": {"acme": 0.1, "premium": 99.9}}}
    }"#;

    #[test]
    fn a_planned_state_has_the_same_route_as_one_compiled_from_scratch() {
        let declaration = Declaration::new("Fee", ["acme", "premium"])
            .segment("Country", ValueKind::Text)
            .segment("UserId", ValueKind::Text);
        let (attributes, base) = (Attributes::new(), State::default());
        let publish = Stage::Publish { other_attributes: &[] };
        let context = |stage| Context { declaration: &declaration, attributes: &attributes, stage, version: 7 };
        let mut state: State = STATE.parse().expect("a state");
        let checked = compile(&state, context(publish));
        assert!(checked.problems.is_empty(), "{:?}", checked.problems);

        let now = Timestamp::from_millis(0);
        let planner = AllocationPlanner { base: &base, version: 7, now, default: "acme", earlier: &[] };
        let mut seeds = (0..).map(|index| format!("seed {index}"));
        planner.plan(&mut state, || seeds.next().expect("a seed"));
        let state = State::from_json(&state.to_json());
        let planned = compile_planned(checked.route.expect("a route"), &state, context(publish));
        let scratch = compile(&state, context(Stage::Stored));
        assert!(scratch.route.is_some() && scratch.problems.is_empty(), "{:?}", scratch.problems);
        assert_eq!(format!("{planned:?}"), format!("{scratch:?}"));
    }

    #[test]
    fn an_unplanned_state_is_reported() {
        let declaration = Declaration::new("Fee", ["acme", "premium"]).segment("UserId", ValueKind::Text);
        let attributes = Attributes::new();
        let publish = Stage::Publish { other_attributes: &[] };
        let context = Context { declaration: &declaration, attributes: &attributes, stage: publish, version: 7 };
        let rollout = r#"{"otherwise": {"rollout": {"by": "UserId", "weights": {"acme": 50, "premium": 50}}}}"#;
        let state: State = rollout.parse().expect("a state");
        let checked = compile(&state, context).route.expect("a route");
        let Compiled { route, problems } = compile_planned(checked, &state, context);
        let problems: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(route.is_none(), "neither seed nor slots are set");
        assert!(problems.iter().any(|problem| problem.contains("otherwise.rollout.seed")), "{problems:?}");
    }
}
