//! The arguments of the attributes, such as `kind = ops, owner = "payments"`.

use proc_macro2::TokenStream;
use syn::ext::IdentExt;
use syn::{Expr, ExprLit, Ident, Lit, LitStr, Path};

use super::arguments::{Argument, Arguments, each, meant};
use super::groups::written;
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

const FEATURE_ARGUMENTS: [&str; 6] = ["name", "kind", "owner", "expires", "client", "crate"];
const SEGMENT_ARGUMENTS: [&str; 2] = ["name", "crate"];

impl Settings {
    /// Parses all arguments. A mistake in one of them does not stop the parsing of the others.
    pub(crate) fn parse(arguments: TokenStream, accepted: Accepted, errors: &mut Errors) -> Self {
        let mut settings = Self::default();
        let mut seen = Vec::new();
        each(arguments, errors, |input, errors| {
            let argument = Argument::parse(input)?;
            if let Some(name) = argument.once(&mut seen, errors) {
                settings.set(&name, argument, accepted, errors);
            }
            Ok(())
        });
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
            "crate" => self.feats = argument.crate_path(errors),
            _ => {
                if let Some(value) = &argument.value {
                    errors.at(value, format!("`{name}` takes no value: write `{name}`, or remove it"));
                }
                self.client = true;
            }
        }
    }
}

impl Arguments for Settings {
    fn feats(&self) -> Option<&Path> {
        self.feats.as_ref()
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

fn unknown(name: &str, accepted: Accepted) -> String {
    if accepted == Accepted::Segment && FEATURE_ARGUMENTS.contains(&name) {
        return format!(
            "`{name}` is an argument of features; the arguments of a segment are `{}`",
            SEGMENT_ARGUMENTS.join("`, `")
        );
    }
    let names = accepted.names();
    match (meant(name, names), accepted) {
        (Some(meant), _) => format!("unknown argument `{name}`; did you mean `{meant}`?"),
        (None, Accepted::Segment) => {
            format!("unknown argument `{name}`; the arguments of a segment are `{}`", names.join("`, `"))
        }
        (None, Accepted::Feature) => {
            format!("unknown argument `{name}`; the arguments of a feature are `{}`", names.join("`, `"))
        }
    }
}
