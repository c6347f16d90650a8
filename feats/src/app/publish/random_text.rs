//! Random text: identifiers of revisions and seeds of rollouts.

use std::iter;

use fastrand::Rng;

use crate::tasks::Process;

/// Random digits and lower-case letters; 20 of them are worth 103 bits.
pub(super) fn random_text(length: usize) -> String {
    text_of(&mut Process::current().random(), length)
}

pub(super) fn text_of(random: &mut Rng, length: usize) -> String {
    iter::repeat_with(|| random.choice(b"0123456789abcdefghijklmnopqrstuvwxyz").copied().unwrap_or(b'0'))
        .take(length)
        .map(char::from)
        .collect()
}
