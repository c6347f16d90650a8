//! Capabilities: the stores of the app can keep the data that a state needs.

use crate::app::running::App;
use crate::error::Problem;
use crate::model::State;

/// Returns a problem for each new experiment if no store of the app takes assignments. Experiments that the base already has
/// are accepted, so that the other rules of the feature can still be edited.
pub(super) fn missing_capabilities(app: &App, base: &State, state: &State) -> Vec<Problem> {
    let stores = &app.0.stores;
    // A store of states that cannot be written refuses the change with its own error.
    if stores.can_assign || stores.revisions.store.is_read_only() {
        return Vec::new();
    }
    let is_new = |selector| !base.selectors().any(|(_, known)| known == selector);
    let experiments = state.selectors().filter(|(_, selector)| selector.experiment().is_some() && is_new(*selector));
    let problem = |path: String| {
        let message = "an experiment needs a store that takes sticky assignments, and no store of this app does; add one \
                       with AppBuilder::assignments, or use a rollout";
        Problem::new(format!("{path}.experiment"), message)
    };
    experiments.map(|(place, _)| problem(place.path())).collect()
}
