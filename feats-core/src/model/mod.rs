//! Pure data: what states, declarations and values are, on the wire and in memory.
//!
//! # The JSON of a state
//!
//! A state is one JSON object (RFC 8259, UTF-8). A reader refuses an object that names a key twice, more than 128 levels of
//! nesting, and a number beyond the range of a 64-bit float. For every key that may be absent, `null` means the same as absent.
//!
//! | key of a state | type | if absent | meaning |
//! |---|---|---|---|
//! | `pinned` | string | not pinned | the implementation that everyone gets |
//! | `overrides` | list of overrides | `[]` | units that get a certain implementation, in order |
//! | `rules` | list of rules | `[]` | tried in order |
//! | `otherwise` | selector | the default in code | for whom no rule chooses |
//! | `values` | object | `{}` | values of any type by name, at most 1 000; only where no code declares the feature |
//!
//! What is called an implementation in the following is one that the feature declares, or one of the state's `values`, which have
//! other names. A choice is a position: first the implementations in the order of the declaration, then the values by the bytes of
//! their names.
//!
//! | key of an override | type | if absent | meaning |
//! |---|---|---|---|
//! | `segment` | string | a problem | the segment that names the units |
//! | `of` | string | see below | the input that the segment is taken from |
//! | `values` | list of values | `[]` | the units |
//! | `use` | string | a problem | the implementation that they get |
//!
//! | key of a rule | type | if absent | meaning |
//! |---|---|---|---|
//! | `name` | string | a problem | unique within the state |
//! | `when` | condition | everyone | for whom |
//! | `select` | selector | a problem | how to choose |
//!
//! `input` names an input of the feature. It is needed where a segment can be taken from several inputs, and only there.
//!
//! **Unknown keys** of a state, an override and a rule are ignored by a reader and kept by whoever writes the state again;
//! publishing refuses one that the revision before did not have. Inside of `when` and `select`, and in `otherwise`, an unknown
//! key is a problem: ignoring it could give something to people for whom it was not meant.
//!
//! A **condition** is one of the following objects, with no other key. Conditions nest at most 32 levels deep.
//!
//! | condition | holds if |
//! |---|---|
//! | `{"all": [condition, …]}` | each of them holds; `[]` holds for everyone |
//! | `{"any": [condition, …]}` | at least one of them holds; `[]` holds for nobody |
//! | `{"not": condition}` | it does not hold |
//! | `{"segment": string, "input": string, operator: operand}` | the subject's value passes; `input` as above |
//! | `{"attribute": string, operator: operand}` | the program's own value passes |
//!
//! [`evaluate`](crate::evaluate#conditions) lists the operators with their operands.
//!
//! A **selector** is an object with exactly one of these keys:
//!
//! | key | type | meaning |
//! |---|---|---|
//! | `static` | string | this implementation |
//! | `rollout` | object | by slots of units |
//! | `experiment` | object | by slots, and a unit that used an implementation keeps it |
//!
//! | key of both | type | if absent | meaning |
//! |---|---|---|---|
//! | `by` | string | a problem | the segment whose values are the units; `"random"` draws a slot for each decision (rollouts only) |
//! | `of` | string | as above | the input that the segment is taken from |
//! | `seed` | string of 1 to 200 bytes | publishing makes one | makes this selector independent of others; its identity |
//! | `weights` | object of numbers | a problem | for each implementation its share in percent: 0 to 100, at most four decimals, 100 in all |
//! | `slots` | list of `[implementation, how many, since which version]` | publishing makes it | who owns which [slots](crate::bucketing#allocations) |
//!
//! | key of a rollout | type | if absent | meaning |
//! |---|---|---|---|
//! | `ramp` | object | no ramp | `start`: an RFC 3339 time in UTC (if absent: the instant of publishing); `duration`: text such as `"3h"` or `"1h 30m"`, at most ten years; `from`: slots like `slots`, or weights like `weights`, which publishing turns into slots |
//!
//! | key of an experiment | type | if absent | meaning |
//! |---|---|---|---|
//! | `share` | number | `100` | the percentage of units that enter, of at most four decimals |
//! | `reassigned` | list of `["slot" or "entry", the first one, how many]` | `[]` | [whose history may differ](crate::bucketing#experiments) |
//!
//! A weight that differs from a number of four decimals by less than a ten-millionth is taken for that number: it is the error of
//! floating-point arithmetic.
//!
//! Everything that is wrong with a state is told at once, each problem with its path, such as `rules[0].when.all[1].in[2]`. Keys
//! that are not of letters, digits, `_` and `-` stand quoted in brackets: `weights["a b"]`.
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
//! # Values
//!
//! A value is a JSON string, number or bool. A number that is written without fraction and exponent and fits into `i64` or `u64`
//! is an integer; every other number is a 64-bit float. `42` and `42.0` are [equal](crate::evaluate#comparison), and [the same
//! unit](crate::bucketing#slots).
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
//! A revision is one JSON object, at most 4 MiB of bytes. A store keeps these bytes verbatim, and nothing is written again to
//! verify them.
//!
//! | key, in the order in which feats writes them | type | meaning |
//! |---|---|---|
//! | `format` | integer | 1. A reader refuses a greater one |
//! | `feature` | string | the feature's name |
//! | `version` | integer | from 1, without holes |
//! | `id` | string | random; whoever lost the reply to a write recognises the revision by it. feats writes 32 hexadecimal digits |
//! | `previous` | 64 hexadecimal digits | the hash of the revision before; 64 zeros in version 1 |
//! | `author`, `comment` | string | who changed it, and why |
//! | `time` | RFC 3339 time | when, in UTC, to the millisecond |
//! | `state` | state or `null` | `null` for a tombstone: the feature's state is removed |
//!
//! `hash = SHA-256(previous ‖ bytes)`, where `previous` is the 32 raw bytes of the hash before (32 zero bytes in version 1) and
//! `bytes` are the bytes of the revision as stored. So each hash covers the whole history before it.
//!
//! A reader refuses a revision as corrupt if it is larger than 4 MiB, is no such object, names another feature, version or id
//! than the store says, has another hash than the store says, or is marked as removed with a state that is not `null`, or the
//! reverse.
//!
//! ```
//! use feats::model::{Entry, Hash};
//!
//! let bytes = br#"{"format":1,"feature":"Fee","version":1,"id":"00000000000000000000000000000001","previous":"0000000000000000000000000000000000000000000000000000000000000000","author":"ada","comment":"","time":"2026-12-01T09:00:00Z","state":{"pinned":null,"overrides":[],"rules":[]}}"#;
//! let hash: Hash = "79676d41226fdab2d93ee407f047a9f91ab5c076fe6f5e42b885b1d1b963be44".parse()?;
//! assert_eq!(Hash::chained(&Hash::default(), bytes), hash);
//! let revision = Entry::recover(bytes.to_vec(), hash).unwrap().read()?;
//! assert_eq!((revision.feature(), revision.version(), revision.author()), ("Fee", 1, "ada"));
//! # Ok::<(), feats::Error>(())
//! ```
//!
//! # Names in stores
//!
//! What the units of an experiment used is stored under the **experiment's key**: the name of the feature, U+001F, the seed. A
//! key of more than 200 characters or with a NUL becomes `xxh3:` and the 32 lower-case hexadecimal digits of `xxh3_128` of its
//! UTF-8 bytes (with seed 0). A unit is stored as the same text that its [slot](crate::bucketing#slots) is made of, and shortened
//! in the same way.

mod catalog;
mod condition;
mod experiment;
mod json;
pub mod limits;
mod part;
mod percent;
mod quarantine;
pub(crate) mod read;
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

pub use catalog::{
    ApplicableSegment, Catalog, Declaration, FeatureKind, Implementation, InputDeclaration, SegmentDeclaration,
    SourceLocation,
};
pub use condition::{Condition, Operator, Predicate, Source};
pub use experiment::{Experiment, Reassigned, ReassignedKind};
pub use json::StrictJson;
pub use part::StatePart;
pub use percent::{Percent, SLOTS, Weights};
pub use quarantine::Quarantine;
pub(crate) use read::join;
pub use revision::{Entry, FORMAT, Hash, Header, MAX_REVISION_BYTES, Revision};
pub use rollout::{RANDOM, Ramp, RampFrom, Rollout, SlotRange};
pub use selector::Selector;
pub use state::{Override, Rule, SelectorPath, State};
pub(crate) use stored::experiment_key;
pub use subject::{Attributes, INLINE_ATTRIBUTES, Input, Named, SegmentBinding, SegmentFn, Subject};
pub use time::Timestamp;
pub(crate) use time::{duration_millis, duration_text};
pub use value::{Value, ValueKind};
