//! Generated code uses only `feats::__private` and public items.

use super::source::Token;
use super::{Problem, Tree};

const MACROS: &str = "feats-macros/src/";

/// The folder that generates code.
const EXPANSION: &str = "feats-macros/src/expand";

/// Public items in handles, their signatures and conditions.
const PUBLIC_ITEMS: &[&str] =
    &["Attributes", "Decision", "Feature", "Segment", "UnknownImplementation", "boolean", "feature", "segment"];

/// Checks that quoted code refers to the crate by a variable such as `#feats`, because a program may rename it, followed by
/// `__private` or a public item.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let sources: Vec<_> = tree.rust(MACROS).collect();
    let paths: Vec<_> = sources.iter().flat_map(|(path, source)| paths(path, &source.tokens)).collect();
    let variables: Vec<_> = paths.iter().filter(|path| path.is_variable && path.item == "__private").collect();
    let mut problems = Vec::new();
    if variables.is_empty() && tree.under(EXPANSION).next().is_some() {
        problems.push(Problem::new(EXPANSION, 0, "no path such as `#feats::__private` found: correct this rule"));
    }
    for path in &paths {
        if !path.is_variable && path.root == "feats" {
            problems.push(Problem::new(path.file, path.line, "write `#feats`: a program may rename the dependency"));
        }
        let leads_into_feats = path.is_variable && variables.iter().any(|variable| variable.root == path.root);
        // The value of a variable is unknown here.
        let is_admitted = matches!(path.item, "__private" | "#") || PUBLIC_ITEMS.contains(&path.item);
        if leads_into_feats && !is_admitted {
            let (root, item) = (path.root, path.item);
            problems.push(Problem::new(path.file, path.line, format!("use `{item}` through `#{root}::__private`")));
        }
    }
    problems
}

/// The first two parts of a path: `#root::item` or `root::item`.
struct Start<'a> {
    file: &'a str,
    line: usize,
    root: &'a str,
    item: &'a str,
    is_variable: bool,
}

fn paths<'a>(file: &'a str, tokens: &[Token<'a>]) -> Vec<Start<'a>> {
    let starts = tokens.windows(5).filter_map(|window| match window {
        [before, root, first, second, item] if first.text == ":" && second.text == ":" && root.is_word() => {
            let (line, root, item) = (item.line, root.text, item.text);
            Some(Start { file, line, root, item, is_variable: before.text == "#" })
        }
        _ => None,
    });
    starts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::check_files;

    #[test]
    fn generated_code_goes_through_private() {
        let good = "quote! { impl #feats::Feature for X { fn f() { #feats::__private::find(#handle::A) } } }";
        assert!(check_files(check, [("feats-macros/src/expand/feature.rs", good)]).is_empty());
        let bad = "quote! { #root::__private::A\n#root::model::Value\n::feats::Feature }";
        assert_eq!(
            check_files(check, [("feats-macros/src/expand.rs", bad)]),
            [
                "feats-macros/src/expand.rs:2: use `model` through `#root::__private`",
                "feats-macros/src/expand.rs:3: write `#feats`: a program may rename the dependency",
            ]
        );
    }

    #[test]
    fn a_rule_without_matches_is_reported() {
        assert_eq!(check_files(check, [("feats-macros/src/expand.rs", "quote! { #private::Value }")]).len(), 1);
    }
}
