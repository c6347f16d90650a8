//! What a state needs of the app's stores, beyond a place for the state.

use crate::app::running::App;
use crate::error::Problem;
use crate::model::State;

/// The experiments of a new state that no store can keep assignments for. What the base has already is not questioned: the
/// other rules of its feature can still be edited.
pub(super) fn missing_capabilities(app: &App, base: &State, state: &State) -> Vec<Problem> {
    if app.0.stores.assignments.is_some() {
        return Vec::new();
    }
    let is_new = |selector| !base.selectors().any(|(_, known)| known == selector);
    let experiments = state.selectors().filter(|(_, selector)| selector.experiment().is_some() && is_new(*selector));
    let problem = |path: String| {
        let message = "an experiment needs a store that keeps assignments, so that a unit keeps what it used, and no store \
                       of this app does; give it one with AppBuilder::assignments, or use a rollout";
        Problem::new(format!("{path}.experiment"), message)
    };
    experiments.map(|(place, _)| problem(place.path())).collect()
}
