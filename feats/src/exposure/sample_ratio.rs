//! The sample-ratio check: compares the units of each arm of an experiment with its weights.

use std::f64::consts::PI;
use std::fmt;
use std::iter::successors;

/// The p-value below which a mismatch is reported.
const ALARM_THRESHOLD: f64 = 0.001;

/// The result of [Pearson's χ² test][1] of whether the units of an experiment match its weights.
///
/// A mismatch means that units are lost or added in some arms and not in others, so the results of the arms cannot be
/// compared. See [Fabijan et al., *Diagnosing Sample Ratio Mismatch in Online Controlled Experiments*][2] for common causes.
///
/// Each allocation of the slots is tested separately, and has one degree of freedom fewer than arms with a positive weight. χ² and
/// the degrees of freedom are summed, so a change of weights is not a mismatch. If the expected number of units in an arm is
/// below five, χ² is only approximate.
///
/// [1]: https://www.itl.nist.gov/div898/handbook/eda/section3/eda35f.htm
/// [2]: https://doi.org/10.1145/3292500.3330722
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SampleRatio {
    chi_squared: f64,
    degrees_of_freedom: u64,
}

impl SampleRatio {
    /// Adds an allocation, given as the slots and the units of each arm. An allocation without units is ignored.
    pub(super) fn add_allocation(&mut self, arms: &[(u32, u64)]) {
        let arms = || arms.iter().filter(|(slots, _)| *slots > 0);
        let (slots, units) =
            arms().fold((0.0, 0.0), |(slots, units), arm| (slots + f64::from(arm.0), units + to_f64(arm.1)));
        if units == 0.0 {
            return;
        }
        for (slots_of_arm, observed) in arms() {
            let expected = units * f64::from(*slots_of_arm) / slots;
            self.chi_squared += (to_f64(*observed) - expected).powi(2) / expected;
        }
        self.degrees_of_freedom += (arms().count() as u64).saturating_sub(1);
    }

    /// Returns Σ (observed − expected)² / expected over all arms and allocations.
    pub fn chi_squared(&self) -> f64 {
        self.chi_squared
    }

    /// Returns the number of arms with a positive weight less one, summed over the allocations that have units; 0 if there is
    /// nothing to compare.
    pub fn degrees_of_freedom(&self) -> u64 {
        self.degrees_of_freedom
    }

    /// Returns the probability that chance alone causes a deviation at least as large; 1 if there is nothing to compare.
    pub fn p_value(&self) -> f64 {
        upper_tail(self.chi_squared, self.degrees_of_freedom)
    }

    /// Returns `true` if there is a sample-ratio mismatch: the p-value is below 0.001.
    pub fn is_alarming(&self) -> bool {
        self.p_value() < ALARM_THRESHOLD
    }
}

/// Explains the result to an operator.
impl fmt::Display for SampleRatio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.degrees_of_freedom == 0 {
            return f.write_str("There is nothing to compare yet: no units, or only one arm with a weight.");
        }
        let p = self.p_value();
        let figures =
            format!("(χ² = {:.2}, df = {}, p = {})", self.chi_squared, self.degrees_of_freedom, Probability(p));
        match self.is_alarming() {
            false => write!(f, "The units are split between the arms as planned {figures}."),
            true => write!(
                f,
                "Sample-ratio mismatch: the units are not split between the arms as planned {figures}. Chance causes this in \
                 fewer than one of 1000 experiments. Do not compare the arms until you have found the cause. Common causes: \
                 uses that are recorded on some code paths only, an arm that crashes or redirects, bots, a filter on results \
                 of the experiment itself."
            ),
        }
    }
}

/// A probability with two significant digits.
struct Probability(f64);

impl fmt::Display for Probability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            p if p >= 0.01 => write!(f, "{p:.2}"),
            p => write!(f, "{p:.1e}"),
        }
    }
}

/// Returns the probability that a χ²-distributed variable is at least `chi_squared`: the regularized incomplete gamma function Q(a, x)
/// for a = degrees of freedom / 2 and x = χ² / 2, by the series of [DLMF 8.11.4][1] below the mean and by the continued fraction
/// of [DLMF 8.9.2][2] above it, in the form of Press et al., *Numerical Recipes*, §6.2.
///
/// [1]: https://dlmf.nist.gov/8.11#E4
/// [2]: https://dlmf.nist.gov/8.9#E2
fn upper_tail(chi_squared: f64, degrees_of_freedom: u64) -> f64 {
    let (a, x) = (to_f64(degrees_of_freedom) / 2.0, chi_squared / 2.0);
    if degrees_of_freedom == 0 || x <= 0.0 {
        return 1.0;
    }
    // Γ(a) from Γ(1/2) = √π or Γ(1) = 1, one step for each two degrees of freedom.
    let start = if degrees_of_freedom % 2 == 1 { PI.sqrt().ln() } else { 0.0 };
    let ln_gamma = (1..degrees_of_freedom.div_ceil(2)).fold(start, |sum, step| sum + (a - to_f64(step)).ln());
    let factor = (a * x.ln() - x - ln_gamma).exp();
    if x < a + 1.0 {
        let terms = successors(Some((1.0 / a, a)), |(term, a)| Some((term * x / (a + 1.0), a + 1.0)));
        let sum: f64 = terms.map(|(term, _)| term).take_while(|term| *term > f64::EPSILON / a).sum();
        return 1.0 - factor * sum;
    }
    // Lentz's method, which evaluates the fraction from its front.
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (f64::INFINITY, 1.0 / b);
    let mut fraction = d;
    for step in (1..).map(to_f64) {
        let numerator = step * (a - step);
        b += 2.0;
        d = 1.0 / (numerator * d + b);
        c = b + numerator / c;
        fraction *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    factor * fraction
}

/// Converts a count to a float. Rounding beyond 2⁵³ does not matter for statistics.
fn to_f64(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio_of(allocations: &[&[(u32, u64)]]) -> SampleRatio {
        let mut ratio = SampleRatio::default();
        allocations.iter().for_each(|allocation| ratio.add_allocation(allocation));
        ratio
    }

    #[test]
    fn p_values_match_published_tables() {
        // Critical values: https://www.itl.nist.gov/div898/handbook/eda/section3/eda3674.htm
        let table = [(1, 3.841, 0.05), (1, 10.828, 0.001), (2, 13.816, 0.001), (5, 11.070, 0.05), (10, 29.588, 0.001)];
        for (degrees_of_freedom, chi_squared, p) in table {
            let ratio = SampleRatio { chi_squared, degrees_of_freedom };
            assert!((ratio.p_value() / p - 1.0).abs() < 1e-3, "{ratio:?}: {}", ratio.p_value());
        }
    }

    #[test]
    fn p_values_match_statrs() {
        use statrs::distribution::{ChiSquared, ContinuousCDF};
        let freedoms = (1..100).chain([101, 250, 999, 1_000, 4_321]);
        for degrees_of_freedom in freedoms {
            let distribution = ChiSquared::new(to_f64(degrees_of_freedom)).expect("positive");
            for step in 0..120 {
                let chi_squared = to_f64(degrees_of_freedom) * (f64::from(step) / 16.0).powi(2) / 4.0;
                let (own, theirs) = (upper_tail(chi_squared, degrees_of_freedom), distribution.sf(chi_squared));
                let apart = (own - theirs).abs();
                assert!(
                    apart <= 1e-9 * theirs.max(1e-300),
                    "χ² {chi_squared}, df {degrees_of_freedom}: {own}, {theirs}"
                );
            }
        }
        assert_eq!((upper_tail(f64::MAX, 3), upper_tail(0.0, 3), upper_tail(7.0, 0)), (0.0, 1.0, 1.0));
    }

    #[test]
    fn a_known_mismatch_is_found() {
        // Kohavi, Tang, Xu, Trustworthy Online Controlled Experiments, chapter 3: p = 1.8e-6.
        let ratio = ratio_of(&[&[(500_000, 821_588), (500_000, 815_482)]]);
        assert!((ratio.p_value() / 1.8e-6 - 1.0).abs() < 0.05, "{}", ratio.p_value());
        assert!(ratio.is_alarming());
        let words = ratio.to_string();
        assert!(words.contains("Sample-ratio mismatch") && words.contains("df = 1, p = 1.8e-6"), "{words}");
    }

    #[test]
    fn units_as_planned_are_not_a_mismatch() {
        let ratio = ratio_of(&[&[(50_000, 48), (950_000, 952)]]);
        assert!((ratio.chi_squared() - (4.0 / 50.0 + 4.0 / 950.0)).abs() < 1e-12);
        assert!(!ratio.is_alarming());
        assert_eq!(ratio.to_string(), "The units are split between the arms as planned (χ² = 0.08, df = 1, p = 0.77).");
    }

    #[test]
    fn allocations_are_tested_separately() {
        // The sums over both allocations are 600 and 400.
        let ratio = ratio_of(&[&[(500_000, 100), (500_000, 100)], &[(625_000, 500), (375_000, 300)]]);
        assert_eq!((ratio.chi_squared(), ratio.degrees_of_freedom(), ratio.p_value()), (0.0, 2, 1.0));
    }

    #[test]
    fn without_anything_to_compare_there_is_no_mismatch() {
        for allocation in [&[][..], &[(500_000, 0), (500_000, 0)], &[(1_000_000, 7), (0, 3)], &[(0, 3)]] {
            let ratio = ratio_of(&[allocation]);
            assert_eq!((ratio.degrees_of_freedom(), ratio.p_value(), ratio.is_alarming()), (0, 1.0, false));
            assert!(ratio.to_string().starts_with("There is nothing to compare yet"));
        }
    }
}
