//! A program with flags, as it was written before they existed. It declares a feature that another program of this folder declares, too.

#[path = "flags.rs"]
#[rustfmt::skip]
mod flags_contract;
