//! Programs that the macros refuse, with the error messages, and programs that they accept under strict lints.
//!
//! Each file has one mistake. After a change of a message, `TRYBUILD=overwrite cargo test -p feats-tests --test ui` updates
//! the expected messages. Review the difference.

#[test]
fn every_mistake_is_reported_with_advice() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
