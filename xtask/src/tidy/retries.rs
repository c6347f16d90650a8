//! All retries use the same back-off.

use super::{Problem, Tree};

/// The file with random pauses.
const BACKOFF: &str = "feats/src/tasks/backoff.rs";

/// Expressions that make a pause random.
const RANDOM: &[&[&str]] = &[&["mul_f64", "("], &["from_millis", "(", "fastrand"], &["from_secs", "(", "fastrand"]];

/// Checks that random pauses of `feats` use `Backoff` or `jittered`.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (path, source) in tree.rust("feats/src/").filter(|(path, _)| *path != BACKOFF) {
        for line in RANDOM.iter().flat_map(|tokens| source.find(tokens)) {
            problems.push(Problem::new(
                path,
                line,
                "use crate::tasks for pauses: Backoff for retries, jittered for others",
            ));
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn a_random_pause_is_found_outside_of_the_back_off() {
        let text =
            "fn f() { sleep(Duration::from_millis(fastrand::u64(1..20))) }\nfn g() { time.mul_f64(fastrand::f64()) }";
        let message = "use crate::tasks for pauses: Backoff for retries, jittered for others";
        let expected = [format!("feats/src/a.rs:2: {message}"), format!("feats/src/a.rs:1: {message}")];
        assert_eq!(check_files(check, [("feats/src/a.rs", text)]), expected);
        assert!(check_files(check, [(BACKOFF, text)]).is_empty());
    }
}
