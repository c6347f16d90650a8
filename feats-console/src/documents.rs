//! The programs in the documents of the repository, compiled and run as doctests: here, since the README also shows the
//! console. Nothing else sees this module.

#[doc = include_str!("../../README.md")]
pub struct Readme;
