//! The arguments of the attributes, such as `kind = ops, owner = "payments"`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path, PathArguments, Token, token};

use super::groups::{ungrouped, written};
use crate::errors::Errors;

/// What an attribute says in its parentheses.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) name: Option<LitStr>,
    pub(crate) kind: Option<Ident>,
    pub(crate) owner: Option<LitStr>,
    pub(crate) expires: Option<LitStr>,
    pub(crate) client: bool,
    /// The path of feats, where it is not a dependency of the crate itself.
    pub(crate) feats: Option<Path>,
}

/// Which arguments an attribute takes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// Those of `feature` and `boolean`.
    Feature,
    /// Those of `segment`.
    Segment,
}

/// One argument: `client`, `kind = ops`, `owner = "payments"`.
struct Argument {
    name: Ident,
    value: Option<Expr>,
}

const FEATURE: [&str; 6] = ["name", "kind", "owner", "expires", "client", "crate"];
const SEGMENT: [&str; 2] = ["name", "crate"];

impl Settings {
    /// Reads all arguments. A mistake in one does not keep the others from being read.
    pub(crate) fn parse(arguments: TokenStream, accepted: Accepted, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        let all = |input: ParseStream<'_>| {
            let mut seen: Vec<String> = Vec::new();
            while !input.is_empty() {
                match argument(input) {
                    Ok(argument) => {
                        let name = argument.name.unraw().to_string();
                        if seen.contains(&name) {
                            errors.at(&argument.name, format!("`{name}` is said twice: remove one"));
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

    /// The name by which operators know the item.
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
                    errors.at(value, format!("`{name}` stands alone: write `{name}`, or leave it out"));
                }
                self.client = true;
            }
        }
    }
}

impl Accepted {
    fn names(self) -> &'static [&'static str] {
        match self {
            Accepted::Feature => &FEATURE,
            Accepted::Segment => &SEGMENT,
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
        Err(input.error(format!("a comma separates the arguments: write `,` after `{name}`'s value")))
    }
}

fn skip_to_comma(input: ParseStream<'_>) -> syn::Result<()> {
    while !input.is_empty() && !input.peek(Token![,]) {
        input.parse::<proc_macro2::TokenTree>()?;
    }
    Ok(())
}

/// The value of `name = "…"`.
fn text(argument: &Argument, errors: &mut Errors) -> Option<LitStr> {
    let name = &argument.name;
    match &argument.value {
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => return Some(text.clone()),
        Some(Expr::Path(path)) => {
            errors.at(path, format!("`{name}` is text: write `{name} = \"{}\"`", written(path)));
        }
        Some(other) => errors.at(other, format!("`{name}` is text: write `{name} = \"…\"`")),
        None => errors.at(name, format!("`{name}` needs a value: write `{name} = \"…\"`")),
    }
    None
}

/// The value of `kind = …`.
fn word(argument: &Argument, errors: &mut Errors) -> Option<Ident> {
    let name = &argument.name;
    match &argument.value {
        Some(Expr::Path(path)) if path.path.get_ident().is_some() => return path.path.get_ident().cloned(),
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => {
            errors.at(text, format!("`{name}` is a word: write `{name} = {}`, without quotes", text.value()));
        }
        Some(other) => errors.at(other, format!("`{name}` is a word, such as `{name} = release`")),
        None => errors.at(name, format!("`{name}` needs a value, such as `{name} = release`")),
    }
    None
}

/// The value of `crate = …`: a path, or text that is one.
fn path(argument: &Argument, errors: &mut Errors) -> Option<Path> {
    let path = match &argument.value {
        Some(Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
        Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => text.parse_with(Path::parse_mod_style).ok(),
        _ => None,
    };
    let path = path.filter(|path| path.segments.iter().all(|segment| segment.arguments == PathArguments::None));
    if path.is_none() {
        let advice = "`crate` is the path of feats: write `crate = path::to::feats`";
        match &argument.value {
            Some(value) => errors.at(value, advice),
            None => errors.at(&argument.name, advice),
        }
    }
    path
}

fn unknown(name: &str, accepted: Accepted) -> String {
    if accepted == Accepted::Segment && FEATURE.contains(&name) {
        return format!("`{name}` belongs on a feature; a segment takes `{}`", SEGMENT.join("`, `"));
    }
    let names = accepted.names();
    let meant = names.iter().find(|known| strsim::damerau_levenshtein(known, name) <= 2);
    match (meant, accepted) {
        (Some(meant), _) => format!("there is no argument `{name}`; did you mean `{meant}`?"),
        (None, Accepted::Segment) => format!("there is no argument `{name}`; a segment takes `{}`", names.join("`, `")),
        (None, Accepted::Feature) => format!("there is no argument `{name}`; a feature takes `{}`", names.join("`, `")),
    }
}
