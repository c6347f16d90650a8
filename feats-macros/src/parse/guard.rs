//! The arguments of `#[feats::when_enabled]`: a condition, and what to do if it does not hold.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Expr, Ident, Path, Token};

use super::arguments::{Argument, Arguments, each, is_at_end, meant};
use super::groups::ungrouped;
use crate::errors::Errors;

/// The arguments as written.
///
/// ```text
/// Feature
/// path::to::Feature(user, &order), otherwise = plain
/// "FLAG", attributes = attributes! { "user_id" => id }, otherwise = Self::plain, crate = facade::feats
/// ```
#[derive(Default)]
pub(crate) struct Guard {
    /// The arguments without a name, of which there should be one.
    pub(crate) conditions: Vec<Expr>,
    pub(crate) attributes: Option<Argument>,
    /// The function that is called if the condition does not hold.
    pub(crate) otherwise: Option<Argument>,
    /// The path of feats, if the crate does not depend on it directly.
    feats: Option<Path>,
}

const ARGUMENTS: [&str; 3] = ["attributes", "otherwise", "crate"];

impl Guard {
    /// Parses all arguments. A mistake in one of them does not stop the parsing of the others.
    pub(crate) fn parse(arguments: TokenStream, errors: &mut Errors) -> Self {
        let mut guard = Self::default();
        let mut seen = Vec::new();
        each(arguments, errors, |input, errors| {
            if !is_named(input) {
                guard.conditions.push(condition(input)?);
                return Ok(());
            }
            let argument = Argument::parse(input)?;
            if let Some(name) = argument.once(&mut seen, errors) {
                guard.set(&name, argument, errors);
            }
            Ok(())
        });
        guard
    }

    fn set(&mut self, name: &str, argument: Argument, errors: &mut Errors) {
        match name {
            "attributes" => self.attributes = Some(argument),
            "otherwise" => self.otherwise = Some(argument),
            "crate" => self.feats = argument.crate_path(errors),
            _ => errors.at(&argument.name, unknown(name)),
        }
    }
}

impl Arguments for Guard {
    fn feats(&self) -> Option<&Path> {
        self.feats.as_ref()
    }
}

/// Returns `true` before `name = value`, and before one of the known names, unless it starts a path.
fn is_named(input: ParseStream<'_>) -> bool {
    let is_assigned = input.peek2(Token![=]) && !input.peek2(Token![==]);
    let name = input.fork().call(Ident::parse_any);
    name.is_ok_and(|name| is_assigned || ARGUMENTS.iter().any(|known| name == known) && !input.peek2(Token![::]))
}

fn condition(input: ParseStream<'_>) -> syn::Result<Expr> {
    let condition = ungrouped(input.parse()?);
    if is_at_end(input) {
        Ok(condition)
    } else {
        Err(input.error("arguments are separated by commas: write `,` after the condition"))
    }
}

fn unknown(name: &str) -> String {
    match meant(name, &ARGUMENTS) {
        Some(meant) => format!("unknown argument `{name}`; did you mean `{meant}`?"),
        None => format!("unknown argument `{name}`; the arguments are a condition and `{}`", ARGUMENTS.join("`, `")),
    }
}
