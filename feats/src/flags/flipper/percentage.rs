//! Percentages of Flipper: its arithmetic, operation by operation, in 64-bit floats.

/// The number of milliseconds of a second.
pub(super) const MILLIS_PER_SECOND: f64 = 1_000.0;

/// The number of microseconds of a second.
pub(super) const MICROS_PER_SECOND: i64 = 1_000_000;

/// Returns `true` if a share admits a subject with this score: a bucket divided by 100, or a random draw.
///
/// Do not improve this function: it decides who keeps what. A share of exactly 0 admits no one, any other one every score up to
/// itself.
pub(in crate::flags) fn admits(score: f64, share: f64) -> bool {
    share != 0.0 && score <= share
}

/// Returns the share of a ramp with a start and a duration; `elapsed` is in microseconds, and negative before the start.
#[allow(clippy::cast_precision_loss, reason = "as in Python, where the difference of two times is a float of seconds")]
pub(super) fn linear(initial: f64, last: f64, duration: f64, elapsed: i64) -> f64 {
    let slope = (last - initial) / duration;
    last.min(slope * (elapsed as f64 / 1e6) + initial)
}

/// Converts seconds to microseconds, to which Python rounds. Like Python, it rounds the fraction alone, which is more exact.
#[allow(clippy::cast_possible_truncation, reason = "a float beyond the range becomes the end of the range")]
pub(super) fn micros(seconds: f64) -> i64 {
    let fraction = (seconds.fract() * 1e6).round_ties_even() as i64;
    (seconds.trunc() as i64).saturating_mul(MICROS_PER_SECOND).saturating_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_share_but_zero_admits_the_scores_up_to_itself() {
        assert!(!admits(0.0, 0.0) && !admits(0.0, -0.0) && !admits(0.0, -0.5));
        assert!(admits(0.0, 1e-9) && admits(0.01, 0.01) && !admits(0.02, 0.01));
        assert!(admits(0.99, 0.99) && admits(0.99, 1.5));
    }

    #[test]
    fn a_ramp_is_computed_as_in_python() {
        let share = |seconds: i64| linear(0.2, 0.8, 1_800.0, seconds * 1_000_000);
        assert_eq!(
            [share(0), share(600), share(1_200), share(1_799), share(1_801)],
            [0.2, 0.4, 0.600_000_000_000_000_1, 0.799_666_666_666_666_7, 0.8]
        );
        assert_eq!(linear(0.0, 1.0, 3_600.0, -600_000_000), -0.166_666_666_666_666_66);
    }
    #[test]
    fn seconds_are_rounded_to_microseconds_as_in_python() {
        for (seconds, expected) in [
            (1_796_115_599.043_351_4, 1_796_115_599_043_351),
            (1_514_764_800.999_999_8, 1_514_764_801_000_000),
            (0.000_000_5, 0),
            (0.000_001_5, 2),
            (-1.25, -1_250_000),
            (-0.999_999_6, -1_000_000),
        ] {
            assert_eq!(micros(seconds), expected, "{seconds}");
        }
    }
}
