//! States of flags of Flipper that no store keeps.

use super::flipper::translate;
use super::translation::stamp;
use super::{Settings, flipper_client::Item};
use crate::error::{Error, Problems, Result};
use crate::model::{Selector, State, Timestamp};

/// Returns the state of a flag of Flipper that no store keeps, with the defaults of an import.
///
/// # Errors
/// [`Invalid`](crate::ErrorKind::Invalid): all problems.
pub(in crate::flags) fn state_of_item(item: &Item, author: &str, now: Timestamp) -> Result<State> {
    let mut problems = Problems::default();
    let mut state = translate(item, author, Settings::default(), now, &mut problems).state;
    if !problems.is_empty() {
        return Err(Error::invalid(problems.into_vec()).with_feature(item.name()));
    }
    stamp(&mut state, 1);
    if let Some(rollout) = state.otherwise.as_mut().and_then(Selector::rollout_mut) {
        // Every program has the same units within a bucket.
        rollout.seed.get_or_insert_with(|| item.name().to_owned());
    }
    Ok(state)
}
