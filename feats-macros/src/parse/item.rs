//! The syntax of traits and functions. Bodies are kept as tokens: the macros do not need them, and the compiler parses them only
//! once.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, FnArg, Generics, Ident, Item, PatType, ReturnType, Signature, Token, TraitItemConst, TraitItemMacro,
    TraitItemType, Type, TypeParamBound, Visibility, WhereClause, braced, token,
};

/// `pub trait Country { … }`
pub(crate) struct Trait {
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) header: Header,
    pub(crate) members: Vec<Member>,
}

/// The parts of a trait that a feature or a segment cannot have.
#[derive(Default)]
pub(crate) struct Header {
    pub(crate) constness: Option<Token![const]>,
    pub(crate) unsafety: Option<Token![unsafe]>,
    pub(crate) auto: Option<Token![auto]>,
    pub(crate) generics: Generics,
    pub(crate) supertraits: Punctuated<TypeParamBound, Token![+]>,
    pub(crate) where_clause: Option<WhereClause>,
    /// The visibilities of the members.
    pub(crate) qualifiers: Vec<Visibility>,
}

/// A member of a trait.
pub(crate) enum Member {
    /// `fn acme(user: &User) -> Acme { … }`
    Function(Function),
    /// `type Output = dyn Processor;`
    Type(TraitItemType),
    /// `const OPTIONS: &[&str] = &["ios", "android"];`
    Const(TraitItemConst),
    /// `declare!();`
    Macro(TraitItemMacro),
}

/// A function, in a trait or free-standing.
#[derive(Clone)]
pub(crate) struct Function {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) signature: Signature,
    pub(crate) body: Option<Group>,
}

/// Splits the attributes from an item.
pub(crate) fn outer_attributes(item: TokenStream) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    (|input: ParseStream<'_>| Ok((input.call(Attribute::parse_outer)?, input.parse()?))).parse2(item)
}

/// Parses the trait that `#[feats::…]` is applied to.
pub(crate) fn trait_item(attribute: &str, item: &TokenStream) -> syn::Result<Trait> {
    parse(
        item,
        |item| matches!(item, Item::Trait(_)),
        |found| format!("`#[feats::{attribute}]` applies to a trait, but this is {found}"),
    )
}

/// Parses the function that `#[feats::…]` is applied to.
pub(crate) fn function(attribute: &str, item: &TokenStream) -> syn::Result<Function> {
    parse(
        item,
        |item| matches!(item, Item::Fn(_)),
        |found| format!("`#[feats::{attribute}]` applies to a function, but this is {found}"),
    )
}

/// Parses the function or method that `#[feats::when_enabled]` is applied to.
pub(crate) fn guarded_function(attribute: &str, item: &TokenStream) -> syn::Result<Function> {
    parse(
        item,
        |item| matches!(item, Item::Fn(_)),
        |found| {
            format!(
                "`#[feats::{attribute}]` applies to a function or a method, but this is {found}: write it on a function"
            )
        },
    )
}

/// Parses an item. If it is a valid item of another sort, the error is the message for what was found.
fn parse<T: Parse>(
    item: &TokenStream,
    is_expected: fn(&Item) -> bool,
    message: impl FnOnce(&str) -> String,
) -> syn::Result<T> {
    syn::parse2(item.clone()).map_err(|error| match other_than(item, is_expected) {
        Some(found) => syn::Error::new_spanned(item, message(found)),
        None => error,
    })
}

impl Function {
    /// Returns the parameters without `self`.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &PatType> {
        self.signature.inputs.iter().filter_map(|input| match input {
            FnArg::Typed(parameter) => Some(parameter),
            FnArg::Receiver(_) => None,
        })
    }

    /// Returns the declared return type.
    pub(crate) fn output(&self) -> Option<&Type> {
        match &self.signature.output {
            ReturnType::Type(_, ty) => Some(ty),
            ReturnType::Default => None,
        }
    }

    /// Returns the function without `#[deprecated]`, which would be reported at the call in the handle.
    pub(crate) fn without_deprecation(&self) -> Self {
        let mut function = self.clone();
        function.attrs.retain(|attr| !attr.path().is_ident("deprecated"));
        function
    }

    pub(crate) fn is_async(&self) -> bool {
        self.signature.asyncness.is_some()
    }
}

impl Parse for Trait {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let vis = input.parse()?;
        let (constness, unsafety, auto) = (input.parse()?, input.parse()?, input.parse()?);
        input.parse::<Token![trait]>()?;
        let (ident, generics) = (input.parse()?, input.parse()?);
        let mut supertraits = Punctuated::new();
        if input.parse::<Option<Token![:]>>()?.is_some() {
            while !input.peek(Token![where]) && !input.peek(token::Brace) {
                supertraits.push_value(input.parse()?);
                if let Some(plus) = input.parse()? {
                    supertraits.push_punct(plus);
                }
            }
        }
        let where_clause = input.parse()?;
        let content;
        braced!(content in input);
        let (mut members, mut qualifiers) = (Vec::new(), Vec::new());
        while !content.is_empty() {
            let (member, qualifier) = member(&content)?;
            members.push(member);
            qualifiers.push(qualifier);
        }
        let header = Header { constness, unsafety, auto, generics, supertraits, where_clause, qualifiers };
        Ok(Self { vis, ident, header, members })
    }
}

/// Parses a member of a trait and its visibility, which is reported later, because trait members cannot have one.
fn member(input: ParseStream<'_>) -> syn::Result<(Member, Visibility)> {
    let attrs = input.call(Attribute::parse_outer)?;
    let vis = input.parse()?;
    let member = if input.peek(Token![type]) {
        Member::Type(TraitItemType { attrs, ..input.parse()? })
    } else if input.peek(Token![const]) && input.peek2(Ident) {
        Member::Const(TraitItemConst { attrs, ..input.parse()? })
    } else if input.peek(Ident) || input.peek(Token![::]) {
        Member::Macro(TraitItemMacro { attrs, ..input.parse()? })
    } else {
        Member::Function(Function { attrs, ..input.parse()? })
    };
    Ok((member, vis))
}

impl Parse for Function {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let (vis, signature) = (input.parse()?, input.parse()?);
        let body = match input.parse::<Option<Token![;]>>()? {
            Some(_) => None,
            None => Some(body(input)?),
        };
        Ok(Self { attrs, vis, signature, body })
    }
}

/// Parses the body of a function, which may be in an invisible group if it is a `$body:block` of a macro.
fn body(input: ParseStream<'_>) -> syn::Result<Group> {
    let place = input.span();
    let mut token = input.parse::<TokenTree>().ok();
    loop {
        match token {
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => return Ok(group),
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::None => {
                token = group.stream().into_iter().next();
            }
            _ => return Err(syn::Error::new(place, "a function needs a body: write `{ … }` here")),
        }
    }
}

impl ToTokens for Function {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attrs, vis, signature, body } = self;
        tokens.extend(quote!(#(#attrs)* #vis #signature #body));
    }
}

/// Describes the item if it is not of the expected sort.
fn other_than(item: &TokenStream, is_expected: fn(&Item) -> bool) -> Option<&'static str> {
    let item = syn::parse2(item.clone()).ok().filter(|item| !is_expected(item))?;
    Some(match item {
        Item::Const(_) => "a constant",
        Item::Enum(_) => "an enum",
        Item::Fn(_) => "a function",
        Item::Impl(_) => "an `impl`",
        Item::Macro(_) => "a macro",
        Item::Mod(_) => "a module",
        Item::Static(_) => "a static",
        Item::Struct(_) => "a struct",
        Item::Trait(_) => "a trait",
        Item::TraitAlias(_) => "a trait alias",
        Item::Type(_) => "a type",
        Item::Union(_) => "a union",
        Item::Use(_) => "a `use`",
        _ => "another item",
    })
}
