//! Recording, storing and asking, on a store that can be told to fail, to hang and to count.

mod asking;
pub(super) mod compiled;
mod fixture;
mod recording;
mod storing;
