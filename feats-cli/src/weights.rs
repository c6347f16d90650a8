//! Weights as typed, such as `aperture=5,acme=95`, and their completion to 100%.

use feats::Problem;
use feats::model::{Declaration, Percent, SLOTS, Selector};
use feats::text::quoted;

use crate::names::implementation;

/// Parses weights. Publishing checks that they are percentages, of implementations that exist.
pub(crate) fn parse(path: &str, text: &str, declaration: &Declaration) -> Result<Vec<(String, f64)>, Problem> {
    let mut weights: Vec<(String, f64)> = Vec::new();
    for item in text.split(',') {
        let problem = |message: String| Problem::new(path, message);
        let Some((name, percent)) = item.rsplit_once('=') else {
            return Err(problem(format!(
                "{} is not a weight; write IMPLEMENTATION=PERCENT, such as aperture=5,acme=95",
                quoted(item)
            )));
        };
        let (name, typed) = (name.trim(), percent.trim());
        let Some(weight) = self::percent(typed) else {
            return Err(problem(format!("{} is not a percentage, for {}", quoted(typed), quoted(name))));
        };
        let name = implementation(declaration, name);
        if weights.iter().any(|(known, _)| *known == name) {
            return Err(problem(format!("{} has more than one weight", quoted(&name))));
        }
        weights.push((name, weight));
    }
    Ok(weights)
}

/// Parses a percentage, with or without a percent sign. Publishing checks its range.
pub(crate) fn percent(text: &str) -> Option<f64> {
    text.trim().trim_end_matches('%').trim_end().parse().ok()
}

/// Adds the implementations that were left out, if the weights sum to less than 100%. They split the remainder in proportion
/// to their current shares, and the largest gets what rounding leaves. Returns a note about them, if there are any.
///
/// If none of them has a share, the remainder goes to the implementation that everyone gets now, or else to the only one left.
pub(crate) fn complete(
    path: &str,
    weights: &mut Vec<(String, f64)>,
    current: Option<&Selector>,
    declaration: &Declaration,
) -> Result<Option<String>, Problem> {
    let slots: Option<Vec<u32>> = weights.iter().map(|(_, percent)| Percent(*percent).slots()).collect();
    // Publishing refuses an invalid percentage, with its path.
    let Some(slots) = slots else { return Ok(None) };
    let sum = slots.into_iter().fold(0, u32::saturating_add);
    let percent = |slots: u32| Percent::from_slots(slots).0;
    if sum > SLOTS {
        let message = format!("the weights must sum to 100, not {}: {} too much", percent(sum), percent(sum - SLOTS));
        return Err(Problem::new(path, message));
    }
    let remainder = SLOTS - sum;
    if remainder == 0 {
        return Ok(None);
    }
    let mut others = others(weights, current, declaration);
    let all: u64 = others.iter().map(|(_, share)| u64::from(*share)).sum();
    if all == 0 {
        let message = format!(
            "the weights must sum to 100, not {}: add who gets the other {}%",
            percent(sum),
            percent(remainder)
        );
        return Err(Problem::new(path, message));
    }
    // The largest comes first, because it gets what rounding leaves.
    others.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let part = |share: u32| u32::try_from(u64::from(remainder) * u64::from(share) / all).unwrap_or(remainder);
    let mut rounded_off = others.iter().fold(remainder, |rest, (_, share)| rest.saturating_sub(part(*share)));
    let mut descriptions = Vec::new();
    for (name, share) in others {
        let taken = part(share) + std::mem::take(&mut rounded_off);
        descriptions.push(format!("{name} {}%", percent(taken)));
        weights.push((name, percent(taken)));
    }
    Ok(Some(format!("remainder: {}", descriptions.join(", "))))
}

/// Returns the implementations that were left out, in the order of their declaration, with their current shares.
fn others(weights: &[(String, f64)], current: Option<&Selector>, declaration: &Declaration) -> Vec<(String, u32)> {
    let named = |name: &str| weights.iter().any(|(known, _)| known == name);
    let shares = current.and_then(Selector::rollout).map(|rollout| &rollout.weights);
    let share = |name: &str| shares.and_then(|shares| shares.get(name)?.slots()).unwrap_or(0);
    let mut others: Vec<(String, u32)> =
        declaration.names().filter(|name| !named(name)).map(|name| (name.to_owned(), share(name))).collect();
    if others.iter().any(|(_, share)| *share > 0) {
        others.retain(|(_, share)| *share > 0);
    } else {
        let for_everyone = match current {
            Some(Selector::Static(name)) => Some(name.as_str()),
            Some(_) => None,
            None => Some(declaration.default_implementation()),
        };
        let only = others.len() == 1;
        others.retain(|(name, _)| only || for_everyone == Some(name));
        others.iter_mut().for_each(|(_, share)| *share = 1);
    }
    others
}

#[cfg(test)]
mod tests {
    use feats::model::{Rollout, Weights};

    use super::*;

    fn fee() -> Declaration {
        Declaration::new("Fee", ["acme", "premium", "aperture"])
    }

    #[test]
    fn weights_are_names_and_percentages() {
        let weights = parse("weights", "aperture=5, acme = 95%", &fee()).expect("weights");
        assert_eq!(weights, [("aperture".to_owned(), 5.0), ("acme".to_owned(), 95.0)]);
    }

    #[test]
    fn invalid_weights_are_refused_by_name() {
        for (text, expected) in [
            ("aperture", "\"aperture\" is not a weight"),
            ("", "\"\" is not a weight"),
            ("acme=5,", "\"\" is not a weight"),
            ("acme=5,,premium=95", "\"\" is not a weight"),
            ("acme=much", "\"much\" is not a percentage, for \"acme\""),
            ("acme=5,acme=95", "\"acme\" has more than one weight"),
        ] {
            let problem = parse("weights", text, &fee()).expect_err(text);
            assert!(problem.message().contains(expected), "{problem}");
        }
    }

    #[test]
    fn implementations_left_out_split_the_remainder_in_proportion() {
        let rollout = |weights: &[(&str, f64)]| Some(Rollout::new("UserId", weights.iter().copied()).into());
        for (current, typed, completed) in [
            (rollout(&[("acme", 95.0), ("aperture", 5.0)]), "aperture=10", "acme 90"),
            (rollout(&[("acme", 95.0), ("aperture", 5.0)]), "aperture=1", "acme 99"),
            (rollout(&[("acme", 60.0), ("premium", 30.0), ("aperture", 10.0)]), "aperture=40", "acme 40, premium 20"),
            (
                rollout(&[("acme", 33.3333), ("premium", 33.3333), ("aperture", 33.3334)]),
                "aperture=50",
                "acme 25, premium 25",
            ),
            (
                rollout(&[("acme", 50.0), ("premium", 25.0), ("aperture", 25.0)]),
                "aperture=0",
                "acme 66.6667, premium 33.3333",
            ),
            (rollout(&[("acme", 50.0), ("aperture", 50.0)]), "aperture=100", ""),
            (Some(Selector::Static("acme".to_owned())), "aperture=10", "acme 90"),
            (None, "aperture=10", "acme 90"),
            (None, "acme=10,premium=10", "aperture 80"),
        ] {
            let mut weights = parse("weights", typed, &fee()).expect("weights");
            let named = weights.len();
            complete("weights", &mut weights, current.as_ref(), &fee()).expect(typed);
            let added: Vec<_> =
                weights.split_off(named).into_iter().map(|(name, part)| format!("{name} {part}")).collect();
            assert_eq!(added.join(", "), completed, "{typed}");
        }
    }

    #[test]
    fn shares_over_100_and_a_remainder_for_no_implementation_are_problems() {
        let complete = |current: Option<Selector>, typed: &str| {
            let mut weights = parse("weights", typed, &fee()).expect("weights");
            complete("weights", &mut weights, current.as_ref(), &fee()).expect_err(typed).to_string()
        };
        assert!(complete(None, "acme=60,aperture=50").contains("sum to 100, not 110: 10 too much"));
        assert!(complete(None, "acme=10").contains("sum to 100, not 10: add who gets the other 90%"));
        let all = Rollout::new("UserId", Weights::new().into_iter().map(|(name, weight)| (name, weight.0)));
        assert!(complete(Some(all.into()), "acme=10").contains("add who gets the other 90%"));
    }
}
