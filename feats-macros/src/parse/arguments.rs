//! Arguments of attributes, separated by commas.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, Path, PathArguments, Token, token};

use super::groups::ungrouped;
use crate::errors::Errors;

/// The arguments of an attribute, of whatever kind.
pub(crate) trait Arguments {
    /// Returns the path of feats, if the crate does not depend on it directly.
    fn feats(&self) -> Option<&Path>;
}

/// An argument with a name: `client`, `kind = ops`, `owner = "payments"`.
pub(crate) struct Argument {
    pub(crate) name: Ident,
    pub(crate) value: Option<Expr>,
}

impl Argument {
    /// Parses a name, and a value if there is one.
    pub(super) fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Some(ungrouped(input.parse()?))
        } else if input.peek(token::Paren) {
            Some(input.parse()?)
        } else {
            None
        };
        if is_at_end(input) {
            Ok(Self { name, value })
        } else {
            Err(input.error(format!("arguments are separated by commas: write `,` after the value of `{name}`")))
        }
    }

    /// Returns the name, and reports it if it was given before.
    pub(super) fn once(&self, seen: &mut Vec<String>, errors: &mut Errors) -> Option<String> {
        let name = self.name.unraw().to_string();
        if seen.contains(&name) {
            errors.at(&self.name, format!("`{name}` is given twice: remove one"));
            return None;
        }
        seen.push(name.clone());
        Some(name)
    }

    /// Returns the value of `crate = …`: a path, or a string that contains one.
    pub(super) fn crate_path(&self, errors: &mut Errors) -> Option<Path> {
        let path = match &self.value {
            Some(Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.parse_with(Path::parse_mod_style).ok(),
            _ => None,
        };
        let path = path.filter(|path| path.segments.iter().all(|segment| segment.arguments == PathArguments::None));
        if path.is_none() {
            let advice = "`crate` takes the path of feats: write `crate = path::to::feats`";
            match &self.value {
                Some(value) => errors.at(value, advice),
                None => errors.at(&self.name, advice),
            }
        }
        path
    }
}

/// Parses every argument with `parse`. A mistake in one of them does not stop the parsing of the others.
pub(super) fn each(
    arguments: TokenStream,
    errors: &mut Errors,
    mut parse: impl FnMut(ParseStream<'_>, &mut Errors) -> syn::Result<()>,
) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Err(error) = parse(input, errors) {
                errors.add(error);
                skip_to_comma(input)?;
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(())
    };
    if let Err(error) = all.parse2(arguments) {
        errors.add(error);
    }
}

/// Returns `true` at the end of an argument.
pub(super) fn is_at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![,])
}

/// Returns the known name that an unknown one probably means.
pub(super) fn meant<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    known.iter().find(|known| strsim::damerau_levenshtein(known, name) <= 2).copied()
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !is_at_end(input) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}
