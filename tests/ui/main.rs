//! What the macros refuse, with the advice they give, and what they accept under strict lints.

#[test]
fn every_mistake_is_reported_with_advice() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
