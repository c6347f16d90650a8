//! Weights as typed: `aperture=5,acme=95`; and the rest of 100 %, where they are only some of them.

use feats::Problem;
use feats::model::{Declaration, Percent, SLOTS, Selector};
use feats::text::quoted;

use crate::names::implementation;

/// Reads weights. Whether they are percentages, of implementations that exist, is checked on publish.
pub(crate) fn parse(path: &str, text: &str, declaration: &Declaration) -> Result<Vec<(String, f64)>, Problem> {
    let mut weights: Vec<(String, f64)> = Vec::new();
    for item in text.split(',') {
        let problem = |message: String| Problem::new(path, message);
        let Some((name, percent)) = item.rsplit_once('=') else {
            return Err(problem(format!("{} is no weight; write aperture=5,acme=95", quoted(item))));
        };
        let (name, percent) = (name.trim(), percent.trim().trim_end_matches('%').trim_end());
        let Ok(weight) = percent.parse() else {
            return Err(problem(format!("{} is no number of percent, for {}", quoted(percent), quoted(name))));
        };
        let name = implementation(declaration, name);
        if weights.iter().any(|(known, _)| *known == name) {
            return Err(problem(format!("{} has two weights", quoted(&name))));
        }
        weights.push((name, weight));
    }
    Ok(weights)
}

/// Adds the implementations that are not named, where those that are have less than 100 %: what is left goes to them in
/// proportion to what they have now, and what that leaves of a ten-thousandth of a percent to the largest. Says who takes the
/// rest, if anyone does.
///
/// Without shares of now, the rest goes to the implementation that everybody gets now, else to the only other one.
pub(crate) fn complete(
    path: &str,
    weights: &mut Vec<(String, f64)>,
    now: Option<&Selector>,
    declaration: &Declaration,
) -> Result<Option<String>, Problem> {
    let slots: Option<Vec<u32>> = weights.iter().map(|(_, percent)| Percent(*percent).slots()).collect();
    // What is not a percentage is refused on publish, with its path.
    let Some(slots) = slots else { return Ok(None) };
    let sum = slots.into_iter().fold(0, u32::saturating_add);
    let percent = |slots: u32| Percent::from_slots(slots).0;
    if sum > SLOTS {
        let message = format!("the weights sum to {}, not to 100: {} too many", percent(sum), percent(sum - SLOTS));
        return Err(Problem::new(path, message));
    }
    let left = SLOTS - sum;
    if left == 0 {
        return Ok(None);
    }
    let mut others = others(weights, now, declaration);
    let all: u64 = others.iter().map(|(_, share)| u64::from(*share)).sum();
    if all == 0 {
        let message =
            format!("the weights sum to {}, not to 100: say who gets the other {} %", percent(sum), percent(left));
        return Err(Problem::new(path, message));
    }
    // The largest first: it takes what rounding leaves.
    others.sort_by_key(|(_, share)| std::cmp::Reverse(*share));
    let part = |share: u32| u32::try_from(u64::from(left) * u64::from(share) / all).unwrap_or(left);
    let mut rounded_off = others.iter().fold(left, |rest, (_, share)| rest.saturating_sub(part(*share)));
    let mut told = Vec::new();
    for (name, share) in others {
        let taken = part(share) + std::mem::take(&mut rounded_off);
        told.push(format!("{name} {} %", percent(taken)));
        weights.push((name, percent(taken)));
    }
    Ok(Some(format!("the rest goes to {}", told.join(", "))))
}

/// The implementations that are not named, in the order of their declaration, with their shares of now.
fn others(weights: &[(String, f64)], now: Option<&Selector>, declaration: &Declaration) -> Vec<(String, u32)> {
    let named = |name: &str| weights.iter().any(|(known, _)| known == name);
    let shares = now.and_then(Selector::rollout).map(|rollout| &rollout.weights);
    let share = |name: &str| shares.and_then(|shares| shares.get(name)?.slots()).unwrap_or(0);
    let mut others: Vec<(String, u32)> =
        declaration.names().filter(|name| !named(name)).map(|name| (name.to_owned(), share(name))).collect();
    if others.iter().any(|(_, share)| *share > 0) {
        others.retain(|(_, share)| *share > 0);
    } else {
        let everybody = match now {
            Some(Selector::Static(name)) => Some(name.as_str()),
            Some(_) => None,
            None => Some(declaration.default_implementation()),
        };
        let only = others.len() == 1;
        others.retain(|(name, _)| only || everybody == Some(name));
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
    fn what_is_no_weight_is_named() {
        for (text, said) in [
            ("aperture", "\"aperture\" is no weight"),
            ("", "\"\" is no weight"),
            ("acme=5,", "\"\" is no weight"),
            ("acme=5,,premium=95", "\"\" is no weight"),
            ("acme=much", "\"much\" is no number of percent, for \"acme\""),
            ("acme=5,acme=95", "\"acme\" has two weights"),
        ] {
            let problem = parse("weights", text, &fee()).expect_err(text);
            assert!(problem.message().contains(said), "{problem}");
        }
    }

    #[test]
    fn what_is_not_named_takes_the_rest_in_proportion() {
        let rollout = |weights: &[(&str, f64)]| Some(Rollout::new("UserId", weights.iter().copied()).into());
        for (now, typed, completed) in [
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
            complete("weights", &mut weights, now.as_ref(), &fee()).expect(typed);
            let told: Vec<_> =
                weights.split_off(named).into_iter().map(|(name, part)| format!("{name} {part}")).collect();
            assert_eq!(told.join(", "), completed, "{typed}");
        }
    }

    #[test]
    fn shares_over_100_and_a_rest_for_nobody_are_problems() {
        let complete = |now: Option<Selector>, typed: &str| {
            let mut weights = parse("weights", typed, &fee()).expect("weights");
            complete("weights", &mut weights, now.as_ref(), &fee()).expect_err(typed).to_string()
        };
        assert!(complete(None, "acme=60,aperture=50").contains("sum to 110, not to 100: 10 too many"));
        assert!(complete(None, "acme=10").contains("sum to 10, not to 100: say who gets the other 90 %"));
        let all = Rollout::new("UserId", Weights::new().into_iter().map(|(name, weight)| (name, weight.0)));
        assert!(complete(Some(all.into()), "acme=10").contains("say who gets the other 90 %"));
    }
}
