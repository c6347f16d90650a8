//! Pure data: states, declarations and values, in memory and on the wire.
//!
//! # The JSON of a state
//!
//! A state is one JSON object (RFC 8259, UTF-8). A reader rejects duplicate keys, nesting deeper than 128 levels, and numbers
//! beyond the range of a 64-bit float. For every key that may be absent, `null` means the same as absent.
//!
//! | key of a state | type | if absent | meaning |
//! |---|---|---|---|
//! | `pinned` | string | not pinned | the implementation that everyone gets |
//! | `flag` | object | a feature that code declares | makes this the state of a [flag](#flags) |
//! | `overrides` | list of overrides | `[]` | units that get a certain implementation, in order |
//! | `rules` | list of rules | `[]` | tried in order |
//! | `otherwise` | selector | the default in code | for everyone whom no rule matches |
//! | `values` | object | `{}` | values of any JSON type by name, at most 1 000, each nested at most 64 levels deep; allowed only if no code declares the feature |
//!
//! In the following, an *implementation* is either one that the feature declares or one of the state's `values`; their names are
//! distinct. A *choice* is an index: first the implementations in declaration order, then the values by the bytes of their names.
//! Of a [flag](#flags), the implementations are `disabled`, then `enabled` or the values.
//!
//! | key of an override | type | if absent | meaning |
//! |---|---|---|---|
//! | `segment` | string | a problem | the segment that identifies the units |
//! | `input` | string | see below | the input from which the segment is computed |
//! | `values` | list of values | `[]` | the units |
//! | `use` | string | a problem | the implementation that they get |
//!
//! | key of a rule | type | if absent | meaning |
//! |---|---|---|---|
//! | `name` | string | a problem | unique within the state |
//! | `when` | condition | everyone | the audience |
//! | `select` | selector | a problem | how to choose |
//!
//! `input` names an input of the feature. It is required if the segment applies to several inputs, and not allowed otherwise.
//!
//! A reader ignores **unknown keys** of a state, an override and a rule, and a writer preserves them; publishing rejects unknown
//! keys that the previous revision did not have. Within `flag`, `when`, `select` and `otherwise`, an unknown key is a problem:
//! ignoring it could serve an implementation to an unintended audience.
//!
//! A **condition** is one of the following objects, without other keys. Conditions nest at most 32 levels deep.
//!
//! | condition | true if |
//! |---|---|
//! | `{"all": [condition, …]}` | each of the conditions is true; `[]` is true |
//! | `{"any": [condition, …]}` | at least one of the conditions is true; `[]` is false |
//! | `{"not": condition}` | the condition is false |
//! | `{"segment": string, "input": string, operator: operand}` | the subject's value satisfies the operator; `input` as above |
//! | `{"attribute": string, operator: operand}` | the program's own value satisfies the operator |
//!
//! [`evaluate`](crate::evaluate#conditions) lists the operators with their operands, and defines when a condition is unknown.
//!
//! A **selector** is an object with exactly one of these keys:
//!
//! | key | type | meaning |
//! |---|---|---|
//! | `static` | string | always this implementation |
//! | `rollout` | object | chooses by the unit's slot |
//! | `experiment` | object | chooses by the unit's slot; a unit keeps the implementation that it used before |
//! | `gate` | object | serves one implementation where conditions are met, and another one where they are violated |
//!
//! | key of both rollouts and experiments | type | if absent | meaning |
//! |---|---|---|---|
//! | `by` | string, or list of strings | a problem | the segment whose values are the units; `"random"` draws a slot for each evaluation (rollouts only). A list of at most 16 different segments: their values, in this order, are [one unit](crate::bucketing#units-of-several-values); `[]`, in flags only: all attributes. Experiments have one segment |
//! | `input` | string | as above | the input from which the segment is computed; not allowed with several segments |
//! | `seed` | string of 1 to 200 bytes | generated on publish | the selector's identity; makes it independent of others |
//! | `weights` | object of numbers | a problem | the share of each implementation in percent: 0 to 100, at most four decimals, 100 in total |
//! | `slots` | list of `[implementation, length, since version]` | generated on publish | the [allocation](crate::bucketing#allocations) of the slots |
//!
//! | key of a rollout | type | if absent | meaning |
//! |---|---|---|---|
//! | `bucketing` | object | feats's own slots | `function`: `"flipper"` or `"flypper"`, the system [whose buckets](crate::bucketing#buckets-of-other-systems) the rollout keeps; `buckets`: their number, 100 and 10 000 |
//! | `ramp` | object | no ramp | `start`: an RFC 3339 time in UTC (if absent, the time of publishing); `duration`: text such as `"3h"` or `"1h 30m"`, at most ten years; `from`: slots in the format of `slots`, or weights in the format of `weights`, which publishing converts to slots; `step`: how many slots move at once, 1 if absent |
//!
//! | key of an experiment | type | if absent | meaning |
//! |---|---|---|---|
//! | `share` | number | `100` | the percentage of units that enter the experiment, with at most four decimals |
//! | `reassigned` | list of `["slot" or "entry", first, length]` | `[]` | the units [whose history may differ](crate::bucketing#experiments) |
//!
//! | key of a gate | type | if absent | meaning |
//! |---|---|---|---|
//! | `conditions` | list of conditions | `[]` | the conditions, at most 1 000. The parts of an `all` count as conditions of their own |
//! | `missing` | `"skip"` or `"fail"` | `"skip"` | the meaning of an unknown condition: it is left out, or it is violated |
//! | `pass` | string | the gate does not choose | the implementation where the conditions are met |
//! | `fail` | string | a problem | the implementation where one is violated |
//!
//! [`evaluate`](crate::evaluate#gates) defines when a gate chooses.
//!
//! A weight that differs from a number of four decimals by less than a ten-millionth counts as that number: the difference is a
//! floating-point rounding error.
//!
//! All problems of a state are reported at once, each with its path, such as `rules[0].when.all[1].in[2]`. Keys with characters
//! other than letters, digits, `_` and `-` are quoted in brackets: `weights["a b"]`.
//!
//! ```
//! use feats::State;
//!
//! let state: State = r#"{
//!     "rules": [{
//!         "name": "US canary",
//!         "when": {"all": [{"segment": "Country", "in": ["US"]}, {"segment": "Age", "gte": 18}]},
//!         "select": {"rollout": {"by": "UserId", "seed": "9f3k2m7q1x8c4v5b", "weights": {"acme": 95, "aperture": 5},
//!             "slots": [["acme", 950000, 1], ["aperture", 50000, 1]]}}
//!     }],
//!     "otherwise": {"static": "acme"}
//! }"#.parse()?;
//! assert!(state.problems().is_empty());
//!
//! let state: State = r#"{"rules": [{"name": "a", "when": {"all": [{"segment": "Country", "inn": []}]}, "select": {}}]}"#.parse()?;
//! let problems: Vec<_> = state.problems().iter().map(|problem| problem.path().to_owned()).collect();
//! assert_eq!(problems, ["rules[0].when.all[0].inn", "rules[0].select"]);
//! # Ok::<(), feats::Error>(())
//! ```
//!
//! # Flags
//!
//! A state with the key `flag` is the state of a flag, a feature that is created at run time. No code declares it, so its state
//! says what a declaration says of other features:
//!
//! | key of `flag` | type | if absent | meaning |
//! |---|---|---|---|
//! | `enabled` | bool | `false` | if `false`, everyone gets `disabled`, unless the flag is pinned |
//! | `archived` | bool | `false` | like `enabled: false`; programs list the flag apart, and it can be restored |
//! | `created_at` | RFC 3339 time | a problem | the time of the creation |
//! | `created_by` | string | a problem | the author who created it |
//! | `client_data` | object | `{}` | data of the program about the flag, at most 64 KiB, nested at most 64 levels deep |
//!
//! The **implementations** of a flag are `disabled` (its default, choice 0) and `enabled`; if the state has `values`, they are
//! `disabled` and the values. The flag exists while its newest revision has the key `flag`; a tombstone destroys it.
//!
//! The **segments** of a flag are the attributes of its subjects. Every [valid name](crate::text::check_name) is allowed, values of
//! every type, and no `input`. Values are compared [as they are](crate::evaluate#comparison): there is no type to convert them to.
//!
//! While a flag is disabled or archived, its overrides, rules and `otherwise` are kept, checked and not evaluated.
//!
//! A **rollout** of a flag that serves one implementation at 100%, without a ramp, also serves it to subjects without a unit.
//!
//! feats keeps the conditions of a flag in the gate of its first rule, `conditions`, and its bucketer in `otherwise`. A reader
//! does not depend on this.
//!
//! ```
//! use feats::State;
//!
//! let state: State = r#"{
//!     "flag": {"enabled": true, "created_at": "2026-12-01T09:00:00Z", "created_by": "ada", "client_data": {"ttl": 60}},
//!     "rules": [{"name": "conditions", "select": {"gate": {"pass": "enabled", "fail": "disabled",
//!         "conditions": [{"all": [{"segment": "is_admin", "eq": true}, {"segment": "horses", "gt": 9000}]}]}}}],
//!     "otherwise": {"rollout": {"by": ["tenant", "user_id"], "weights": {"enabled": 50, "disabled": 50}}}
//! }"#.parse()?;
//! assert!(state.problems().is_empty());
//! # Ok::<(), feats::Error>(())
//! ```
//!
//! ## Adoption
//!
//! A program may declare a feature with the name of a flag. Until a state without `flag` is published, this feature adopts the state
//! of the flag: it decides by the parts that it can use. [`State::adopted`] returns them, and reports the others.
//!
//! | part of the state | is left out if |
//! |---|---|
//! | `flag` | never: a disabled or archived flag serves `disabled` |
//! | `pinned`, an override, a rule, `otherwise` | it names an implementation that the feature does not have |
//! | an override, a rule | it needs a segment that the feature does not have, or one that applies to several inputs |
//! | a rule, `otherwise` | it is split by such a segment, or by all attributes |
//! | a condition of a gate, or a part of its `all` | it needs such a segment. It counts as unknown, so with `"missing": "fail"` it is violated |
//! | `values` | always |
//!
//! # Values
//!
//! A value is a JSON string, number or bool. A number written without a fraction and an exponent that fits into `i64` or `u64`
//! is an integer; every other number is a 64-bit float. `42` and `42.0` are [equal](crate::evaluate#comparison), and they are
//! [the same unit](crate::bucketing#slots).
//!
//! ```
//! use feats::State;
//! use feats::model::ValueKind::{Float, Integer};
//!
//! let state: State = r#"{"overrides": [{"segment": "A", "values": [18446744073709551615, 42, 42.0, 1e3], "use": "b"}]}"#.parse()?;
//! let kinds: Vec<_> = state.overrides[0].values.iter().map(feats::Value::kind).collect();
//! assert_eq!(kinds, [Integer, Integer, Float, Float]);
//! # Ok::<(), feats::Error>(())
//! ```
//!
//! # Revisions
//!
//! A revision is one JSON object of at most 4 MiB. A store keeps its bytes verbatim; verification never serializes it again.
//!
//! | key, in the order in which feats writes them | type | meaning |
//! |---|---|---|
//! | `format` | integer | 1; a reader rejects a greater number |
//! | `feature` | string | the feature's name |
//! | `version` | integer | from 1, without gaps |
//! | `id` | string | random; a writer that lost the reply to a write recognizes its revision by it. feats writes 32 hexadecimal digits |
//! | `previous` | 64 hexadecimal digits | the hash of the previous revision; 64 zeros in version 1 |
//! | `author`, `comment` | string | who made the change, and why |
//! | `time` | RFC 3339 time | when, in UTC, to the millisecond |
//! | `state` | state or `null` | the state; `null` for a tombstone, which removes the feature's state |
//!
//! `hash = SHA-256(previous ‖ bytes)`, where `previous` is the 32 raw bytes of the previous hash (32 zero bytes in version 1) and
//! `bytes` are the bytes of the revision as stored. Each hash therefore covers the whole history before it.
//!
//! A reader rejects a revision as corrupt in any of these cases: it is larger than 4 MiB; it is not such an object; its feature,
//! version, id or hash differs from what the store reports; it is marked as removed but its state is not `null`; its state is
//! `null` but it is not marked as removed.
//!
//! ```
//! use feats::model::{Entry, Hash};
//!
//! let bytes = br#"{"format":1,"feature":"Fee","version":1,"id":"00000000000000000000000000000001","previous":"0000000000000000000000000000000000000000000000000000000000000000","author":"ada","comment":"","time":"2026-12-01T09:00:00Z","state":{"pinned":null,"overrides":[],"rules":[]}}"#;
//! let hash: Hash = "79676d41226fdab2d93ee407f047a9f91ab5c076fe6f5e42b885b1d1b963be44".parse()?;
//! assert_eq!(Hash::chained(&Hash::default(), bytes), hash);
//! let revision = Entry::recover(bytes.to_vec(), hash).unwrap().decode()?;
//! assert_eq!((revision.feature(), revision.version(), revision.author()), ("Fee", 1, "ada"));
//! # Ok::<(), feats::Error>(())
//! ```
//!
//! # Names in stores
//!
//! The implementations that the units of an experiment used are stored under the **experiment key**: the name of the feature,
//! U+001F, the seed. A key of more than 200 characters or with a NUL is replaced by `xxh3:` and the 32 lower-case hexadecimal
//! digits of `xxh3_128` of its UTF-8 bytes (with seed 0). A unit is stored as the text from which its
//! [slot](crate::bucketing#slots) is computed, shortened in the same way.

mod bucketing;
mod by;
mod catalog;
mod choices;
mod condition;
mod decisive;
mod experiment;
mod flag;
mod gate;
mod in_use;
mod json;
pub mod limits;
pub(crate) mod parse;
mod part;
mod percent;
mod quarantine;
mod revision;
mod rollout;
mod selector;
mod state;
pub(crate) mod stored;
mod subject;
pub(crate) mod time;
pub(crate) mod unknown_fields;
pub(crate) mod untrusted;
mod value;

pub use bucketing::{BucketFunction, Bucketing};
pub use by::{By, RANDOM};
pub use catalog::{
    ApplicableSegment, Catalog, Declaration, FeatureKind, Implementation, InputDeclaration, SegmentDeclaration,
    SourceLocation,
};
pub use condition::{Condition, Operator, Predicate, Source};
pub use experiment::{Experiment, Reassigned, ReassignedKind};
pub use flag::{CONDITIONS, DISABLED, ENABLED, FlagState};
pub use gate::{Gate, MissingAttribute};
pub use json::StrictJson;
#[doc(hidden)]
pub use parse::join;
pub use part::StatePart;
pub use percent::{Percent, SLOTS, Weights};
pub use quarantine::Quarantine;
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use rollout::{Ramp, RampFrom, Rollout, SlotRange};
pub use selector::Selector;
pub use state::{Override, Rule, SelectorPath, State};
pub(crate) use stored::experiment_key;
pub use subject::{AttributeSubject, Attributes, INLINE_ATTRIBUTES, Input, SegmentBinding, SegmentFn, Subject};
pub use time::Timestamp;
pub(crate) use time::{duration_millis, duration_text};
pub use value::{Value, ValueKind};
