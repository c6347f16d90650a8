//! A program with flags, as it was written before they existed. It declares a feature that another program of this folder declares, too.

// A copy without the test of imports: `flags::flipper` and `flags::flypper` do not exist yet.
#[path = "flags.rs"]
#[rustfmt::skip]
mod flags_contract;
