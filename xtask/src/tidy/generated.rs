//! Generated code names of `feats` only `__private` and what users know.

use super::{Problem, Tree};

const MACROS: &str = "feats-macros/src/";

/// What users see in handles and their signatures.
const KNOWN: &[&str] = &["Decision", "Feature", "Segment", "UnknownImplementation"];

/// What quotes code.
const QUOTES: &[&str] = &["quote", "quote_spanned", "parse_quote", "parse_quote_spanned"];

/// In quoted code the crate is always `#feats`, so that a renamed dependency is found, and only `__private` and known
/// names follow.
pub fn check(tree: &Tree) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (mut quotes, mut names) = (0, 0);
    for (path, source) in tree.rust(MACROS) {
        quotes += QUOTES.iter().map(|name| source.find(&[name, "!"]).len()).sum::<usize>();
        for window in source.tokens.windows(5) {
            let [before, name, .., item] = window else { continue };
            let is_path = window.iter().skip(2).take(2).all(|token| token.text == ":");
            if name.text != "feats" || !is_path {
                continue;
            }
            names += 1;
            if before.text != "#" {
                problems.push(Problem::new(path, name.line, "write `#feats`: a program may rename the dependency"));
            } else if item.text != "__private" && !KNOWN.contains(&item.text) {
                let message = format!("`{}` goes through `#feats::__private`", item.text);
                problems.push(Problem::new(path, item.line, message));
            }
        }
    }
    if quotes > 0 && names == 0 {
        problems.push(Problem::new(MACROS, 0, "no `#feats::..` in quoted code: this rule sees nothing"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::said;

    #[test]
    fn generated_code_goes_through_private() {
        let good = "quote! { impl #feats::Feature for X { fn f() { #feats::__private::find(#inputs::A) } } }";
        assert!(said(check, [("feats-macros/src/expand.rs", good)]).is_empty());
        let bad = "quote! {\n#feats::model::Value\n::feats::Feature }";
        assert_eq!(
            said(check, [("feats-macros/src/expand.rs", bad)]),
            [
                "feats-macros/src/expand.rs:2: `model` goes through `#feats::__private`",
                "feats-macros/src/expand.rs:3: write `#feats`: a program may rename the dependency",
            ]
        );
    }

    #[test]
    fn a_rule_that_sees_nothing_says_so() {
        assert_eq!(said(check, [("feats-macros/src/expand.rs", "quote! { #root::model::Value }")]).len(), 1);
    }
}
