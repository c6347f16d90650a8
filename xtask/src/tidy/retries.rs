//! One back-off for everything that tries again.

use super::{Problem, Tree};

/// Where random pauses come from.
const BACKOFF: &str = "feats/src/tasks/backoff.rs";

/// What makes a pause random.
const RANDOM: &[&[&str]] = &[&["mul_f64", "("], &["from_millis", "(", "fastrand"], &["from_secs", "(", "fastrand"]];

/// No pause of `feats` is random but by `Backoff` and `jittered`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("feats/src/").filter(|(path, _)| *path != BACKOFF) {
        for line in RANDOM.iter().flat_map(|tokens| source.find(tokens)) {
            problems.push(Problem::new(
                path,
                line,
                "pauses come from crate::tasks: Backoff for retries, jittered for the rest",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn a_random_pause_is_found_outside_of_the_back_off() {
        let text =
            "fn f() { sleep(Duration::from_millis(fastrand::u64(1..20))) }\nfn g() { time.mul_f64(fastrand::f64()) }";
        let message = "pauses come from crate::tasks: Backoff for retries, jittered for the rest";
        let expected = [format!("feats/src/a.rs:2: {message}"), format!("feats/src/a.rs:1: {message}")];
        assert_eq!(said(check, [("feats/src/a.rs", text)]), expected);
        assert!(said(check, [(BACKOFF, text)]).is_empty());
    }
}
