//! The user's attributes: documentation, lint levels, and the attributes of feats.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, LitStr, Meta, MetaNameValue, Path, Token, parse_quote};

use crate::parse::ungrouped;

/// The documentation of an item, as written in its attributes.
#[derive(Default)]
pub(crate) struct Docs(Vec<Attribute>);

impl Docs {
    pub(crate) fn new(attrs: &[Attribute]) -> Self {
        Self(attrs.iter().filter(|attr| is(attr, &["doc"])).cloned().collect())
    }

    /// Returns `true` if the item has no text. `#[doc(hidden)]` is not text.
    pub(crate) fn is_empty(&self) -> bool {
        self.lines().next().is_none()
    }

    /// Returns the text as an expression: a literal, or `concat!` if a part is not known yet, as in
    /// `#[doc = include_str!("…")]`.
    pub(crate) fn text(&self) -> TokenStream {
        let literals: Option<Vec<String>> = self.lines().map(literal).collect();
        match literals {
            Some(lines) => unindented(&lines.join("\n")).into_token_stream(),
            None => {
                let lines = self.lines();
                quote!(::core::concat!(#(#lines, "\n"),*))
            }
        }
    }

    fn lines(&self) -> impl Iterator<Item = &Expr> {
        self.0.iter().filter_map(|attr| match &attr.meta {
            Meta::NameValue(doc) => Some(&doc.value),
            _ => None,
        })
    }
}

impl ToTokens for Docs {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.0.iter().map(ToTokens::to_token_stream));
    }
}

/// Returns `true` if the attribute has one of these names.
pub(crate) fn is(attr: &Attribute, names: &[&str]) -> bool {
    names.iter().any(|name| attr.path().is_ident(name))
}

/// Returns `true` if the attribute sets a lint level.
pub(crate) fn is_lint_level(attr: &Attribute) -> bool {
    is(attr, &["allow", "warn", "deny", "forbid"])
}

/// Returns the user's lint levels for generated code. Generated code may name a deprecated handle without a warning.
pub(crate) fn lint_levels(attrs: &[Attribute]) -> Vec<Attribute> {
    let deprecated = attrs.iter().any(|attr| is(attr, &["deprecated"]));
    let levels = attrs.iter().filter(|attr| is_lint_level(attr)).cloned();
    levels.chain(deprecated.then(|| parse_quote!(#[allow(deprecated)]))).collect()
}

/// Returns `true` if an attribute of a boolean's function applies to the handle, and not to the body of the function.
pub(crate) fn is_about_handle(attr: &Attribute) -> bool {
    is_lint_level(attr) || is(attr, &["doc", "deprecated", "expect", "derive", "cfg_attr"])
}

/// Returns the paths in `#[derive(…)]`.
pub(crate) fn derived(attr: &Attribute) -> Vec<Path> {
    let paths = attr.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated);
    paths.ok().filter(|_| is(attr, &["derive"])).into_iter().flatten().collect()
}

/// Returns the text of `#[name = "…"]`.
pub(crate) fn name_of(attr: &Attribute) -> Option<LitStr> {
    match &attr.meta {
        Meta::NameValue(MetaNameValue { value, .. }) => match ungrouped(value.clone()) {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

fn literal(line: &Expr) -> Option<String> {
    match line {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        Expr::Group(group) => literal(&group.expr),
        _ => None,
    }
}

/// Removes the common indentation of all lines, as rustdoc does.
fn unindented(text: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let shared = text.lines().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
    let lines: Vec<&str> = text.lines().map(|line| line.get(shared..).unwrap_or("").trim_end()).collect();
    lines.join("\n").trim_matches('\n').to_owned()
}
