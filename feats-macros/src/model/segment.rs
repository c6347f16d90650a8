//! Segments: what operators decide on, and the functions that take it from the program's types.

use std::fmt;

use syn::{
    Attribute, Expr, GenericArgument, Ident, PatType, PathArguments, PathSegment, TraitItemConst, Type, Visibility,
};

use super::attributes::{Docs, lint_levels};
use super::input::{is_str, peeled};
use crate::parse::{Function, Header, Member, Settings, Trait};

/// A segment.
pub(crate) struct Segment {
    /// The attributes of the item, which the handle keeps.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) docs: Docs,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) header: Header,
    pub(crate) settings: Settings,
    /// The name by which states refer to it.
    pub(crate) name: String,
    pub(crate) functions: Vec<Function>,
    /// The constants named `OPTIONS`, of which there should be at most one.
    pub(crate) options: Vec<TraitItemConst>,
    /// Members that a segment does not have.
    pub(crate) strangers: Vec<Member>,
}

/// The type of a segment's values.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Integer,
    Float,
    Bool,
}

impl Segment {
    pub(crate) fn of_trait(attrs: Vec<Attribute>, settings: Settings, item: Trait) -> Self {
        let (mut functions, mut options, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
        for member in item.members {
            match member {
                Member::Function(function) => functions.push(function),
                Member::Const(constant) if constant.ident == "OPTIONS" => options.push(constant),
                other => strangers.push(other),
            }
        }
        Self {
            docs: Docs::of(&attrs),
            attrs,
            vis: item.vis,
            name: settings.name(&item.ident),
            ident: item.ident,
            header: item.header,
            settings,
            functions,
            options,
            strangers,
        }
    }

    /// The levels of lints for everything in which the handle or the user's types are named.
    pub(crate) fn lint_levels(&self) -> Vec<Attribute> {
        lint_levels(&self.attrs)
    }

    /// The functions with what each takes.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&Function, &PatType)> {
        self.functions.iter().filter_map(|function| Some((function, function.parameters().next()?)))
    }

    /// The type of the values, as the first function that says it does.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.functions.iter().filter_map(Function::output).find_map(Kind::of)
    }

    /// The only values that an operator can choose.
    pub(crate) fn options(&self) -> Option<&Expr> {
        self.options.first().and_then(|options| options.default.as_ref()).map(|(_, values)| values)
    }
}

impl Kind {
    /// The kind of a function's return type, by how the type is written; `Option` of a type is of its kind.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        let ty = inside_option(ty).unwrap_or(ty);
        match peeled(ty) {
            Type::Reference(reference) if is_str(&reference.elem) && reference.mutability.is_none() => Some(Kind::Text),
            Type::Path(path) if path.qself.is_none() => match path.path.segments.last()?.ident.to_string().as_str() {
                "String" | "Cow" => Some(Kind::Text),
                "i8" | "i16" | "i32" | "i64" | "isize" | "u8" | "u16" | "u32" | "u64" | "usize" => Some(Kind::Integer),
                "f64" => Some(Kind::Float),
                "bool" => Some(Kind::Bool),
                _ => None,
            },
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Text => "text",
            Kind::Integer => "an integer",
            Kind::Float => "a float",
            Kind::Bool => "a bool",
        })
    }
}

/// `T` of `Option<T>`.
pub(crate) fn inside_option(ty: &Type) -> Option<&Type> {
    let Type::Path(path) = peeled(ty) else { return None };
    let PathSegment { ident, arguments: PathArguments::AngleBracketed(arguments) } = path.path.segments.last()? else {
        return None;
    };
    match arguments.args.first()? {
        GenericArgument::Type(inner) if ident == "Option" => Some(inner),
        _ => None,
    }
}
