//! Invisible groups, which a `macro_rules!` macro puts around its fragments, such as `$ty:ty`.
//!
//! They preserve precedence, and so are kept in generated code. They are removed for parsing and comparison.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

/// Removes invisible groups, including those within other groups.
pub(crate) fn flat(tokens: impl ToTokens) -> TokenStream {
    let tokens = tokens.to_token_stream().into_iter();
    let flattened = tokens.flat_map(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => flat(group.stream()),
        TokenTree::Group(group) => {
            let mut flattened = Group::new(group.delimiter(), flat(group.stream()));
            flattened.set_span(group.span());
            TokenTree::Group(flattened).into()
        }
        other => other.into(),
    });
    flattened.collect()
}

/// Returns `true` if both consist of the same tokens.
pub(crate) fn same(a: impl ToTokens, b: impl ToTokens) -> bool {
    flat(a).to_string() == flat(b).to_string()
}

/// Removes the invisible groups around an expression.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) if group.attrs.is_empty() => ungrouped(*group.expr),
        other => other,
    }
}

/// Formats tokens as people write them: `&User`, not `& User`.
pub(crate) fn written(tokens: impl ToTokens) -> String {
    let mut text = flat(tokens).to_string();
    for (spaced, tight) in [
        ("& ", "&"),
        ("' ", "'"),
        (" :: ", "::"),
        (":: ", "::"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (" ;", ";"),
        (" : ", ": "),
        ("( ", "("),
        (" )", ")"),
    ] {
        text = text.replace(spaced, tight);
    }
    text
}
