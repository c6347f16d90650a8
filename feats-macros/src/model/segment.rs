//! Segments, and the functions that take their values from the program's types.

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
    /// The name, which states refer to.
    pub(crate) name: String,
    pub(crate) functions: Vec<Function>,
    /// The constants named `OPTIONS`, of which there should be at most one.
    pub(crate) options: Vec<TraitItemConst>,
    /// Members that a segment cannot have.
    pub(crate) other_members: Vec<Member>,
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
    pub(crate) fn from_trait(attrs: Vec<Attribute>, settings: Settings, item: Trait) -> Self {
        let (mut functions, mut options, mut other_members) = (Vec::new(), Vec::new(), Vec::new());
        for member in item.members {
            match member {
                Member::Function(function) => functions.push(function),
                Member::Const(constant) if constant.ident == "OPTIONS" => options.push(constant),
                other => other_members.push(other),
            }
        }
        Self {
            docs: Docs::new(&attrs),
            attrs,
            vis: item.vis,
            name: settings.name(&item.ident),
            ident: item.ident,
            header: item.header,
            settings,
            functions,
            options,
            other_members,
        }
    }

    /// Returns the lint levels for generated code.
    pub(crate) fn lint_levels(&self) -> Vec<Attribute> {
        lint_levels(&self.attrs)
    }

    /// Returns the functions with their inputs.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (&Function, &PatType)> {
        self.functions.iter().filter_map(|function| Some((function, function.parameters().next()?)))
    }

    /// Returns the type of the values, which the first function with a valid return type determines.
    pub(crate) fn kind(&self) -> Option<Kind> {
        self.functions.iter().filter_map(Function::output).find_map(Kind::of)
    }

    /// Returns the values that an operator can choose, if they are limited.
    pub(crate) fn options(&self) -> Option<&Expr> {
        self.options.first().and_then(|options| options.default.as_ref()).map(|(_, values)| values)
    }
}

impl Kind {
    /// Returns the kind of a function's return type, which is determined by the name of the type. An `Option` has the kind of its
    /// content.
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

/// Returns the `T` of `Option<T>`.
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
