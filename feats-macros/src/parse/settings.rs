//! The arguments of the attributes, such as `kind = ops, owner = "payments"`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, PathArguments, Token, token};

use super::groups::{ungrouped, written};
use crate::errors::Errors;

/// The arguments of an attribute.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<LitStr>,
    pub(crate) kind: Option<Ident>,
    pub(crate) owner: Option<LitStr>,
    pub(crate) expires: Option<LitStr>,
    pub(crate) client: bool,
    /// The path of feats, if the crate does not depend on it directly.
    pub(crate) feats: Option<Path>,
}

/// The arguments that an attribute accepts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// The arguments of `feature` and `boolean`.
    Feature,
    /// The arguments of `segment`.
    Segment,
}

/// One argument: `client`, `kind = ops`, `owner = "payments"`.
struct Argument {
    name: Ident,
    value: Option<Expr>,
}

const FEATURE_ARGUMENTS: [&str; 6] = ["name", "kind", "owner", "expires", "client", "crate"];
const SEGMENT_ARGUMENTS: [&str; 2] = ["name", "crate"];

impl Settings {
    /// Parses all arguments. A mistake in one of them does not stop the parsing of the others.
    pub(crate) fn parse(arguments: TokenStream, accepted: Accepted, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        let all = |input: ParseStream<'_>| {
            let mut seen: Vec<String> = Vec::new();
            while !input.is_empty() {
                match argument(input) {
                    Ok(argument) => {
                        let name = argument.name.unraw().to_string();
                        if seen.contains(&name) {
                            errors.at(&argument.name, format!("`{name}` is given twice: remove one"));
                        } else {
                            settings.set(&name, argument, accepted, errors);
                            seen.push(name);
                        }
                    }
                    Err(error) => {
                        errors.add(error);
                        skip_to_comma(input)?;
                    }
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
        settings
    }

    /// Returns the name of the item, which operators use.
    pub(crate) fn name(&self, ident: &Ident) -> String {
        self.name.as_ref().map_or_else(|| ident.unraw().to_string(), LitStr::value)
    }

    fn set(&mut self, name: &str, argument: Argument, accepted: Accepted, errors: &mut Errors) {
        if !accepted.names().contains(&name) {
            errors.at(&argument.name, unknown(name, accepted));
            return;
        }
        match name {
            "name" => self.name = text(&argument, errors),
            "owner" => self.owner = text(&argument, errors),
            "expires" => self.expires = text(&argument, errors),
            "kind" => self.kind = word(&argument, errors),
            "crate" => self.feats = path(&argument, errors),
            _ => {
                if let Some(value) = &argument.value {
                    errors.at(value, format!("`{name}` takes no value: write `{name}`, or remove it"));
                }
                self.client = true;
            }
        }
    }
}

impl Accepted {
    fn names(self) -> &'static [&'static str] {
        match self {
            Accepted::Feature => &FEATURE_ARGUMENTS,
            Accepted::Segment => &SEGMENT_ARGUMENTS,
        }
    }
}

fn argument(input: ParseStream<'_>) -> syn::Result<Argument> {
    let name = input.call(Ident::parse_any)?;
    let value = if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        Some(ungrouped(input.parse()?))
    } else if input.peek(token::Paren) {
        Some(input.parse()?)
    } else {
        None
    };
    if input.is_empty() || input.peek(Token![,]) {
        Ok(Argument { name, value })
    } else {
        Err(input.error(format!("arguments are separated by commas: write `,` after the value of `{name}`")))
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// Returns the value of `name = "…"`.
fn text(argument: &Argument, errors: &mut Errors) -> Option<LitStr> {
    let name = &argument.name;
    match &argument.value {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => return Some(text.clone()),
        Some(Expr::Path(path)) => {
            errors.at(path, format!("`{name}` takes a string: write `{name} = \"{}\"`", written(path)));
        }
        Some(other) => errors.at(other, format!("`{name}` takes a string: write `{name} = \"…\"`")),
        None => errors.at(name, format!("`{name}` needs a value: write `{name} = \"…\"`")),
    }
    None
}

/// Returns the value of `kind = …`.
fn word(argument: &Argument, errors: &mut Errors) -> Option<Ident> {
    let name = &argument.name;
    match &argument.value {
        Some(Expr::Path(path)) if path.path.get_ident().is_some() => return path.path.get_ident().cloned(),
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
            errors.at(text, format!("`{name}` takes an identifier: write `{name} = {}`, without quotes", text.value()));
        }
        Some(other) => {
            errors.at(other, format!("`{name}` takes an identifier: write, for example, `{name} = release`"))
        }
        None => errors.at(name, format!("`{name}` needs a value: write, for example, `{name} = release`")),
    }
    None
}

/// Returns the value of `crate = …`: a path, or a string that contains one.
fn path(argument: &Argument, errors: &mut Errors) -> Option<Path> {
    let path = match &argument.value {
        Some(Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.parse_with(Path::parse_mod_style).ok(),
        _ => None,
    };
    let path = path.filter(|path| path.segments.iter().all(|segment| segment.arguments == PathArguments::None));
    if path.is_none() {
        let advice = "`crate` takes the path of feats: write `crate = path::to::feats`";
        match &argument.value {
            Some(value) => errors.at(value, advice),
            None => errors.at(&argument.name, advice),
        }
    }
    path
}

fn unknown(name: &str, accepted: Accepted) -> String {
    if accepted == Accepted::Segment && FEATURE_ARGUMENTS.contains(&name) {
        return format!(
            "`{name}` is an argument of features; the arguments of a segment are `{}`",
            SEGMENT_ARGUMENTS.join("`, `")
        );
    }
    let names = accepted.names();
    let meant = names.iter().find(|known| strsim::damerau_levenshtein(known, name) <= 2);
    match (meant, accepted) {
        (Some(meant), _) => format!("unknown argument `{name}`; did you mean `{meant}`?"),
        (None, Accepted::Segment) => {
            format!("unknown argument `{name}`; the arguments of a segment are `{}`", names.join("`, `"))
        }
        (None, Accepted::Feature) => {
            format!("unknown argument `{name}`; the arguments of a feature are `{}`", names.join("`, `"))
        }
    }
}
