//! `foreign`, driven by libFuzzer.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| feats_fuzz::run("foreign", bytes));
