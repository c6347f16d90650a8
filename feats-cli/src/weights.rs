//! Weights as typed: `aperture=5,acme=95`.

use feats::Problem;

/// Reads weights. Whether they are percentages, of implementations that exist, is checked on publish.
pub(crate) fn parse(path: &str, text: &str) -> Result<Vec<(String, f64)>, Problem> {
    let mut weights: Vec<(String, f64)> = Vec::new();
    for item in text.split(',') {
        let problem = |message: String| Problem::new(path, message);
        let Some((name, percent)) = item.rsplit_once('=') else {
            return Err(problem(format!("{item:?} is no weight; write aperture=5,acme=95")));
        };
        let (name, percent) = (name.trim(), percent.trim().trim_end_matches('%').trim_end());
        let Ok(weight) = percent.parse() else {
            return Err(problem(format!("{percent:?} is no number of percent, for {name:?}")));
        };
        if weights.iter().any(|(known, _)| known == name) {
            return Err(problem(format!("{name:?} has two weights")));
        }
        weights.push((name.to_owned(), weight));
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_names_and_percentages() {
        let weights = parse("weights", "aperture=5, acme = 95%").expect("weights");
        assert_eq!(weights, [("aperture".to_owned(), 5.0), ("acme".to_owned(), 95.0)]);
    }

    #[test]
    fn what_is_no_weight_is_named() {
        for (text, said) in [
            ("aperture", "\"aperture\" is no weight"),
            ("", "\"\" is no weight"),
            ("acme=much", "\"much\" is no number of percent, for \"acme\""),
            ("acme=5,acme=95", "\"acme\" has two weights"),
        ] {
            let problem = parse("weights", text).expect_err(text);
            assert!(problem.message().contains(said), "{problem}");
        }
    }
}
