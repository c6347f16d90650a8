//! Functions that run only if a condition holds.

use proc_macro2::{Group, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, Lit, LitStr, Token, Type};

use super::input::peeled;
use crate::parse::{Argument, Function, Guard, ungrouped};

/// A function with a condition.
pub(crate) struct Guarded {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) guard: Guard,
    pub(crate) function: Function,
    /// The attributes at the start of the body, such as `#![allow(…)]`, which the body no longer has.
    pub(crate) inner_attrs: Vec<Attribute>,
}

/// The condition under which a function runs.
pub(crate) enum Condition {
    /// `Feature`, `path::to::Feature(user, &order)`
    Feature(ExprPath, Punctuated<Expr, Token![,]>),
    /// `"FLAG"`
    Flag(LitStr),
    /// Anything else, which is a mistake.
    Other(Expr),
}

impl Guarded {
    pub(crate) fn new(attrs: Vec<Attribute>, guard: Guard, mut function: Function) -> Self {
        let (inner_attrs, body) = function.body.take().map(split).unzip();
        function.body = body;
        Self { attrs, guard, function, inner_attrs: inner_attrs.unwrap_or_default() }
    }

    /// Returns the condition; `None` only if there is none.
    pub(crate) fn condition(&self) -> Option<Condition> {
        self.guard.conditions.first().cloned().map(Condition::new)
    }

    /// Returns the attributes of the subject of a flag.
    pub(crate) fn attributes(&self) -> Option<&Expr> {
        self.guard.attributes.as_ref().and_then(|attributes| attributes.value.as_ref())
    }

    /// Returns the function that is called if the condition does not hold. `None` also if it is not a path, which is a mistake.
    pub(crate) fn otherwise(&self) -> Option<&ExprPath> {
        match &self.guard.otherwise {
            Some(Argument { value: Some(Expr::Path(path)), .. }) => Some(path),
            _ => None,
        }
    }

    /// Returns `true` if the function returns an `Option` of what its body returns. `Option<!>` is not a type.
    pub(crate) fn returns_option(&self) -> bool {
        self.guard.otherwise.is_none() && !self.never_returns()
    }

    /// Returns `true` if the return type is `!`.
    pub(crate) fn never_returns(&self) -> bool {
        matches!(self.function.output().map(peeled), Some(Type::Never(_)))
    }
}

impl Condition {
    pub(crate) fn new(expr: Expr) -> Self {
        match ungrouped(expr) {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) => Condition::Flag(name),
            Expr::Path(feature) => Condition::Feature(feature, Punctuated::new()),
            Expr::Call(call) => match ungrouped(*call.func.clone()) {
                Expr::Path(feature) => Condition::Feature(feature, call.args),
                _ => Condition::Other(Expr::Call(call)),
            },
            other => Condition::Other(other),
        }
    }
}

/// Splits the attributes at the start of a body from the rest.
fn split(body: Group) -> (Vec<Attribute>, Group) {
    let parts = |input: ParseStream<'_>| Ok((input.call(Attribute::parse_inner)?, input.parse::<TokenStream>()?));
    match parts.parse2(body.stream()) {
        Ok((attrs, rest)) if !attrs.is_empty() => {
            let mut group = Group::new(body.delimiter(), rest);
            group.set_span(body.span());
            (attrs, group)
        }
        _ => (Vec::new(), body),
    }
}
