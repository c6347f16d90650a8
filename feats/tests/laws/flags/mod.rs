//! The laws of flags that are created at run time.

mod actors;
mod contexts;
mod description;
mod growth;
mod history;
mod program;
mod ramps;
mod rule;
mod script;
mod variants;
mod vectors;

pub(crate) use self::description::{percentage, slots};
pub(crate) use self::program::{Program, rollout, state};
