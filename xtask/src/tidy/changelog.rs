//! The form of the changelog.

use super::{Problem, Tree};

const CHANGELOG: &str = "CHANGELOG.md";

/// `CHANGELOG.md` starts its sections with `## [Unreleased]`, and each further section names a version and its day.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let text = tree.get(CHANGELOG).unwrap_or_default();
    let mut sections = text.lines().enumerate().filter(|(_, line)| line.starts_with("## "));
    let mut problems = Vec::new();
    if sections.next().is_none_or(|(_, line)| line != "## [Unreleased]") {
        problems.push(Problem::new(CHANGELOG, 1, "the first section must be `## [Unreleased]`"));
    }
    for (index, line) in sections.filter(|(_, line)| !is_release(line)) {
        problems.push(Problem::new(
            CHANGELOG,
            index + 1,
            format!("`{line}` must have the form `## [1.2.3] - 2027-01-31`"),
        ));
    }
    problems
}

fn is_release(line: &str) -> bool {
    let Some((version, day)) = line.trim_start_matches("## [").split_once("] - ") else { return false };
    let numbers = |text: &str, separator| text.split(separator).filter(|part| part.parse::<u32>().is_ok()).count();
    numbers(version, '.') == 3 && numbers(day, '-') == 3 && day.len() == 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn a_changelog_without_unreleased_is_found() {
        let good = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n## [0.1.0] - 2026-12-24\n";
        assert!(check_files(check, [(CHANGELOG, good)]).is_empty());
        assert_eq!(check_files(check, [(CHANGELOG, "# Changelog\n\n## [0.1.0] - 2026-12-24\n")]).len(), 1);
        assert_eq!(check_files(check, [(CHANGELOG, "## [Unreleased]\n## 0.1\n")]).len(), 1);
        assert_eq!(check_files(check, []).len(), 1);
    }
}
