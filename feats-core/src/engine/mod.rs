//! The engine: compiles states into routes and evaluates them. No file, network, clock, randomness or log.

mod compile;
pub(crate) mod evaluate;
pub(crate) mod experiment;
mod lookup;
mod matcher;
mod operand;
mod outcome;
mod pattern;
mod route;
mod select;
pub mod trace;
mod version;

pub use compile::{Compiled, Context, Stage, compile};
pub use evaluate::evaluate;
pub use outcome::{Outcome, Reason};
pub use route::Route;
