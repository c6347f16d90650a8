//! Programs that use feats, as they were written before it: they compile and pass unchanged.

#[path = "core.rs"]
#[rustfmt::skip]
mod core_contract;
