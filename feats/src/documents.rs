//! The programs in the documents of the repository, compiled and run as doctests. Nothing else sees this module.

#[doc = include_str!("../../README.md")]
pub struct Readme;
