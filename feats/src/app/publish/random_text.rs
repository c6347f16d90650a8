//! Random text for the ids of revisions and the seeds of rollouts.

use std::iter;

use fastrand::Rng;

use crate::tasks::Process;

/// Returns random digits and lower-case letters. 20 of them have 103 bits of entropy.
pub(super) fn random_text(length: usize) -> String {
    random_text_from(&mut Process::current().rng(), length)
}

/// Returns digits and lower-case letters from a generator.
pub(super) fn random_text_from(random: &mut Rng, length: usize) -> String {
    iter::repeat_with(|| random.choice(b"0123456789abcdefghijklmnopqrstuvwxyz").copied().unwrap_or(b'0'))
        .take(length)
        .map(char::from)
        .collect()
}
