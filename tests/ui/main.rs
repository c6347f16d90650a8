//! What the macros refuse, with the advice that they give, and what they accept under strict lints.
//!
//! One mistake a file. After a change of a message, `TRYBUILD=overwrite cargo test -p feats-tests --test ui` writes the
//! expected ones anew: read the difference.

#[test]
fn every_mistake_is_reported_with_advice() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
