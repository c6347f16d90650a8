//! Expressions that rebuild the arguments of a function from the patterns of its parameters.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{FieldPat, Pat, PatType};

/// Returns the expression whose value a pattern was matched with: `Path(id)` for `Path(mut id)`.
///
/// # Errors
/// The part of the pattern that does not name its value.
pub(crate) fn rebuilt(pattern: &Pat) -> Result<TokenStream, &Pat> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() => Ok(pattern.ident.to_token_stream()),
        Pat::Path(path) => Ok(path.to_token_stream()),
        Pat::Paren(paren) => rebuilt(&paren.pat),
        Pat::Reference(reference) if reference.mutability.is_none() => {
            let value = rebuilt(&reference.pat)?;
            Ok(quote!(&#value))
        }
        Pat::Tuple(tuple) => {
            let values = all(&tuple.elems)?;
            Ok(quote!((#(#values,)*)))
        }
        Pat::Slice(slice) => {
            let values = all(&slice.elems)?;
            Ok(quote!([#(#values),*]))
        }
        Pat::TupleStruct(tuple) => {
            let (qself, path, values) = (&tuple.qself, &tuple.path, all(&tuple.elems)?);
            match qself {
                None => Ok(quote!(#path(#(#values),*))),
                Some(_) => Err(pattern),
            }
        }
        Pat::Struct(of_struct) if of_struct.rest.is_none() && of_struct.qself.is_none() => {
            let (path, mut fields) = (&of_struct.path, Vec::new());
            for FieldPat { attrs, member, colon_token, pat } in &of_struct.fields {
                let value = rebuilt(pat)?;
                fields.push(match colon_token {
                    _ if !attrs.is_empty() => return Err(pattern),
                    Some(colon) => quote!(#member #colon #value),
                    None => value,
                });
            }
            Ok(quote!(#path { #(#fields),* }))
        }
        other => Err(other),
    }
}

/// Returns the name that a parameter `_` gets if its value is needed. It is hygienic.
pub(crate) fn hidden_name(position: usize) -> Ident {
    format_ident!("__argument_{position}", span = Span::mixed_site())
}

/// Returns `true` if the parameter is `_`.
pub(crate) fn is_unnamed(parameter: &PatType) -> bool {
    matches!(*parameter.pat, Pat::Wild(_))
}

fn all<'a>(patterns: impl IntoIterator<Item = &'a Pat>) -> Result<Vec<TokenStream>, &'a Pat> {
    patterns.into_iter().map(rebuilt).collect()
}
