//! Inputs: the parameters of a feature's implementations and of a segment's functions.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Ident, Lifetime, Pat, PatType, Type, TypeReference};

use super::names::plain;
use crate::parse::same;

/// A parameter of the handle.
pub(crate) struct Input<'a> {
    /// The name, without the leading underscores that mark it as unused in an implementation.
    pub(crate) name: Ident,
    /// The type, as written.
    pub(crate) ty: &'a Type,
}

/// The way in which a parameter is passed.
pub(crate) enum Passing<'a> {
    /// `&str`
    Text,
    /// `&T`
    Reference(&'a Type),
    /// `T`
    Value(&'a Type),
}

impl<'a> Input<'a> {
    /// Returns the handle's parameters for those of a function.
    pub(crate) fn all(parameters: impl Iterator<Item = &'a PatType>) -> Vec<Self> {
        let named: Vec<(Ident, &Type)> =
            parameters.filter_map(|parameter| Some((name(&parameter.pat)?.clone(), &*parameter.ty))).collect();
        let trimmed: Vec<Ident> = named.iter().map(|(name, _)| trimmed(name)).collect();
        let clash = |name: &Ident| trimmed.iter().filter(|other| *other == name).count() > 1;
        let chosen = |written: &Ident, trimmed: &Ident| if clash(trimmed) { written.clone() } else { trimmed.clone() };
        named.iter().zip(&trimmed).map(|((name, ty), trimmed)| Self { name: chosen(name, trimmed), ty }).collect()
    }

    pub(crate) fn passing(&self) -> Passing<'a> {
        Passing::of(self.ty)
    }
}

impl<'a> Passing<'a> {
    pub(crate) fn of(ty: &'a Type) -> Self {
        match peeled(ty) {
            Type::Reference(TypeReference { elem, .. }) if is_str(elem) => Passing::Text,
            Type::Reference(TypeReference { elem, .. }) => Passing::Reference(elem),
            _ => Passing::Value(ty),
        }
    }

    /// Returns `true` if two parameters have the same type, by reference or by value.
    pub(crate) fn same_type(&self, other: &Self) -> bool {
        match (self, other) {
            (Passing::Text, Passing::Text) => true,
            (Passing::Reference(a) | Passing::Value(a), Passing::Reference(b) | Passing::Value(b)) => {
                same(peeled(a), peeled(b))
            }
            _ => false,
        }
    }
}

/// Generates the type that identifies the input for the engine: `T` for `&T`, `str` for `&str`.
impl ToTokens for Passing<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Passing::Text => tokens.extend(quote!(str)),
            Passing::Reference(ty) | Passing::Value(ty) => ty.to_tokens(tokens),
        }
    }
}

/// Removes the parentheses and invisible groups around a type.
pub(crate) fn peeled(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peeled(&group.elem),
        Type::Paren(paren) => peeled(&paren.elem),
        other => other,
    }
}

/// Returns `true` if the type is written as `str`.
pub(crate) fn is_str(ty: &Type) -> bool {
    matches!(peeled(ty), Type::Path(path) if path.qself.is_none() && path.path.is_ident("str"))
}

/// Returns `true` if the lifetime is `'static`.
pub(crate) fn is_static(lifetime: &Lifetime) -> bool {
    lifetime.ident == "static"
}

/// Returns the name that a pattern binds, if the pattern is only a name.
pub(crate) fn name(pattern: &Pat) -> Option<&Ident> {
    match pattern {
        Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(&pattern.ident),
        _ => None,
    }
}

/// Returns `user` for `_user`, and the name itself if the remainder is not a valid name, as for `_1` and `_self`.
fn trimmed(name: &Ident) -> Ident {
    let text = plain(name);
    let rest = text.strip_prefix('_').map(|rest| rest.trim_start_matches('_'));
    let Some(Ok(mut trimmed)) = rest.map(syn::parse_str::<Ident>) else { return name.clone() };
    trimmed.set_span(name.span());
    trimmed
}
