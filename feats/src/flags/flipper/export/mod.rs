//! Export to Flipper: what it can express of a flag, and a sentence for everything that it cannot.

mod bucketer;
mod conditions;
mod ramp;

use self::bucketer::bucketer;
use self::conditions::conditions;
use super::bucketer::Bucketer;
use super::item::Item;
use crate::error::{Error, Problem, Result};
use crate::flags::ordered_json::{Json, Object};
use crate::model::{DISABLED, Selector, State, Timestamp};
use crate::text::quoted;

impl Item {
    /// Returns the item that makes Flipper decide as a flag does now, as far as Flipper can, and a sentence for everything that it
    /// cannot.
    ///
    /// Flipper keeps the users of a rollout in its own buckets, at a whole number of them. Another share is rounded down to such a
    /// number, and other units get other users; both are listed. A pin is exported as what it serves.
    ///
    /// ```standalone_crate
    /// # use feats::App;
    /// use feats::Timestamp;
    /// use feats::flags::flipper::Item;
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> feats::Result<()> {
    /// # let app = App::builder().store(feats::store::Memory::new()).detached().start().await?;
    /// # let flags = app.flags();
    /// let text = r#"{"feature_name": "HOMEPAGE", "is_enabled": true, "meta": {"client_data": {}, "created_date": 1514764800, "#.to_owned()
    ///     + r#""conditions": [], "bucketer": {"type": "ConsistentHashPercentageBucketer", "#
    ///     + r#""percentage": {"type": "Percentage", "value": 0.5}, "key_whitelist": ["user_id"]}}}"#;
    /// flags.import(Item::from_json(&text)?).await?;
    ///
    /// let homepage = flags.get("HOMEPAGE");
    /// let (item, lost) = Item::from_state("HOMEPAGE", &homepage.as_feature()?.state(), Timestamp::from_millis(0))?;
    /// assert_eq!((item.to_json(), lost.len()), (text, 0));
    ///
    /// homepage.set_percentage(51.5).await?;
    /// let (item, lost) = Item::from_state("HOMEPAGE", &homepage.as_feature()?.state(), Timestamp::from_millis(0))?;
    /// assert_eq!(item.percentage(Timestamp::from_millis(0)), Some(0.5));
    /// assert_eq!(lost, ["51.5% is not a whole number of Flipper's 100 buckets; exported as 51 buckets"]);
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`Invalid`](crate::ErrorKind::Invalid): the state is not that of a flag, or it has variants, which Flipper does not have.
    pub fn from_state(name: &str, state: &State, now: Timestamp) -> Result<(Self, Vec<String>)> {
        let refused =
            |path: &str, message: &str| Err(Error::invalid(vec![Problem::new(path, message)]).with_feature(name));
        let Some(flag) = &state.flag else { return refused("flag", "this is the state of a feature, not of a flag") };
        if !state.values.is_empty() {
            return refused("values", "Flipper has no variants");
        }
        let mut lost = Vec::new();
        if flag.archived {
            lost.push("the flag is archived; Flipper has no archive, so it is exported as disabled".to_owned());
        }
        let mut item = Item {
            name: name.to_owned(),
            is_enabled: flag.is_active(),
            created_date: flag.created_at.as_millis().div_euclid(1_000).into(),
            client_data: flag
                .client_data
                .iter()
                .map(|(key, value)| (key.clone(), Json::from(value)))
                .collect::<Object>(),
            conditions: Vec::new(),
            bucketer: Bucketer::NoOp,
            dropped_checks: Vec::new(),
        };
        if let Some(pinned) = &state.pinned {
            lost.push(format!("the flag is pinned to {}; exported as what the pin serves", quoted(pinned)));
            item.is_enabled = pinned != DISABLED;
            if item.is_enabled {
                return Ok((item, lost));
            }
        }
        if !state.overrides.is_empty() {
            lost.push(format!("Flipper has no overrides; {} left out", state.overrides.len()));
        }
        item.conditions = conditions(state, &mut lost);
        item.bucketer = bucketer(state.otherwise.as_ref(), now, &mut lost);
        let is_enabled = |otherwise: &Selector| *otherwise == Selector::Static(crate::model::ENABLED.to_owned());
        if !item.conditions.is_empty() && !state.otherwise.as_ref().is_some_and(is_enabled) {
            lost.push(
                "Flipper ignores the bucketer of a flag with conditions in every call with an attribute, and enables the flag for \
                 everyone who violates no condition"
                    .to_owned(),
            );
        }
        Ok((item, lost))
    }
}
