//! Invisible groups: what a `macro_rules!` macro puts around the parts that it was given, such as `$ty:ty`.
//!
//! They keep precedence and are kept in what is generated. What is read or compared is read without them.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::Expr;

/// The tokens without invisible groups, also within other groups.
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

/// Whether both are written with the same tokens, wherever they come from.
pub(crate) fn same(a: impl ToTokens, b: impl ToTokens) -> bool {
    flat(a).to_string() == flat(b).to_string()
}

/// An expression without the invisible groups around it.
pub(crate) fn ungrouped(expr: Expr) -> Expr {
    match expr {
        Expr::Group(group) if group.attrs.is_empty() => ungrouped(*group.expr),
        other => other,
    }
}

/// Tokens as people write them: `&User` and not `& User`.
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
