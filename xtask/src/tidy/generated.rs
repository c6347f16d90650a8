//! Generated code names of `feats` only `__private` and what users know.

use super::source::Token;
use super::{Problem, Tree};

const MACROS: &str = "feats-macros/src/";

/// The room that writes code.
const EXPANSION: &str = "feats-macros/src/expand";

/// What users see in handles and their signatures.
const KNOWN: &[&str] = &["Decision", "Feature", "Segment", "UnknownImplementation", "boolean", "feature", "segment"];

/// Quoted code never calls the crate `feats`, since a program may rename it, but by a variable such as `#feats`; and what
/// follows is `__private` or a known name.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let sources: Vec<_> = tree.rust(MACROS).collect();
    let paths: Vec<_> = sources.iter().flat_map(|(path, source)| paths(path, &source.tokens)).collect();
    let variables: Vec<_> = paths.iter().filter(|path| path.is_variable && path.item == "__private").collect();
    let mut problems = Vec::new();
    if variables.is_empty() && tree.under(EXPANSION).next().is_some() {
        problems.push(Problem::new(EXPANSION, 0, "no path such as `#feats::__private`: this rule sees nothing"));
    }
    for path in &paths {
        if !path.is_variable && path.root == "feats" {
            problems.push(Problem::new(path.file, path.line, "write `#feats`: a program may rename the dependency"));
        }
        let leads_into_feats = path.is_variable && variables.iter().any(|variable| variable.root == path.root);
        // What a variable stands for cannot be seen from here.
        let is_admitted = matches!(path.item, "__private" | "#") || KNOWN.contains(&path.item);
        if leads_into_feats && !is_admitted {
            let (root, item) = (path.root, path.item);
            problems.push(Problem::new(path.file, path.line, format!("`{item}` goes through `#{root}::__private`")));
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
    use crate::tidy::said;

    #[test]
    fn generated_code_goes_through_private() {
        let good = "quote! { impl #feats::Feature for X { fn f() { #feats::__private::find(#handle::A) } } }";
        assert!(said(check, [("feats-macros/src/expand/feature.rs", good)]).is_empty());
        let bad = "quote! { #root::__private::A\n#root::model::Value\n::feats::Feature }";
        assert_eq!(
            said(check, [("feats-macros/src/expand.rs", bad)]),
            [
                "feats-macros/src/expand.rs:2: `model` goes through `#root::__private`",
                "feats-macros/src/expand.rs:3: write `#feats`: a program may rename the dependency",
            ]
        );
    }

    #[test]
    fn a_rule_that_sees_nothing_says_so() {
        assert_eq!(said(check, [("feats-macros/src/expand.rs", "quote! { #private::Value }")]).len(), 1);
    }
}
