//! Programs that use feats, as they were written before it: they compile and pass unchanged.

#[path = "core.rs"]
#[rustfmt::skip]
mod core_contract;

// A copy without the tests of `when_enabled`, and of imports with `flags::flipper` and `flags::flypper`, which do not exist yet.
#[path = "flags.rs"]
#[rustfmt::skip]
mod flags_contract;
