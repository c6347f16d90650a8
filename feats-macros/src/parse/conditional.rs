//! Conditional marks, such as `#[cfg_attr(unix, default)]`. The macro runs before the compiler evaluates conditions within the
//! item, so the item is generated once for each case, and the compiler keeps one.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::quote;

use super::groups::flat;

/// The two versions of an item under a condition.
pub(crate) struct Alternatives {
    pub(crate) condition: TokenStream,
    /// The item if the condition holds.
    pub(crate) with: TokenStream,
    /// The item if the condition does not hold.
    pub(crate) without: TokenStream,
}

/// The attributes that the macro interprets.
const MARKS: [&str; 2] = ["default", "name"];

/// Returns both versions for the first conditional mark in a trait; `None` if no mark is conditional.
pub(crate) fn by_condition(item: &TokenStream) -> Option<Alternatives> {
    let mut tokens: Vec<TokenTree> = item.clone().into_iter().collect();
    if let [TokenTree::Group(whole)] = &*tokens
        && whole.delimiter() == Delimiter::None
    {
        return by_condition(&whole.stream());
    }
    let is_trait = tokens.iter().any(|token| matches!(token, TokenTree::Ident(word) if word == "trait"));
    let Some(TokenTree::Group(body)) = tokens.pop().filter(|_| is_trait) else { return None };
    let members: Vec<TokenTree> = body.stream().into_iter().collect();
    let (place, (condition, attrs)) = members.iter().enumerate().find_map(|(place, token)| {
        let marked = conditional_marks(token).filter(|_| place > 0)?;
        Some((place, marked))
    })?;
    let (before, after) = (members.get(..place.saturating_sub(1))?, members.get(place.saturating_add(1)..)?);
    let with = |attrs: TokenStream| {
        let mut members = Group::new(Delimiter::Brace, quote!(#(#before)* #attrs #(#after)*));
        members.set_span(body.span());
        quote!(#(#tokens)* #members)
    };
    let attrs = attrs.iter().map(|attr| quote!(#[#attr])).collect();
    Some(Alternatives { condition, with: with(attrs), without: with(TokenStream::new()) })
}

/// Returns the condition and the attributes of `[cfg_attr(condition, attributes)]`, if one of them is a mark.
fn conditional_marks(token: &TokenTree) -> Option<(TokenStream, Vec<TokenStream>)> {
    let TokenTree::Group(attribute) = token else { return None };
    if attribute.delimiter() != Delimiter::Bracket {
        return None;
    }
    let (condition, attrs) = condition_and_attributes(&flat(attribute.stream()))?;
    attrs.iter().any(contains_mark).then_some((condition, attrs))
}

fn condition_and_attributes(attribute: &TokenStream) -> Option<(TokenStream, Vec<TokenStream>)> {
    let tokens: Vec<TokenTree> = attribute.clone().into_iter().collect();
    let [TokenTree::Ident(name), TokenTree::Group(arguments)] = &*tokens else { return None };
    if name != "cfg_attr" {
        return None;
    }
    let arguments: Vec<TokenTree> = arguments.stream().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(comma) if comma.as_char() == ',');
    let mut parts = arguments.split(is_comma).map(|part| part.iter().cloned().collect::<TokenStream>());
    let condition = parts.next().filter(|condition| !condition.is_empty())?;
    Some((condition, parts.filter(|part| !part.is_empty()).collect()))
}

fn contains_mark(attribute: &TokenStream) -> bool {
    let first = attribute.clone().into_iter().next();
    matches!(&first, Some(TokenTree::Ident(name)) if MARKS.iter().any(|mark| name == mark))
        || condition_and_attributes(attribute).is_some_and(|(_, attrs)| attrs.iter().any(contains_mark))
}
