//! Rules for segments.

use std::collections::HashSet;

use syn::{Expr, ExprLit, Lit, PatType, TraitItemConst, Type};

use super::names::SEGMENT_FUNCTIONS;
use super::{attributes, function, header, names, output, settings};
use crate::errors::Errors;
use crate::model::{Kind, Passing, Segment, camel_case, inside_option, is, is_str, name, peeled, plain};
use crate::parse::{Function, Member, written};

/// The allowed return types of a function, for messages.
const RETURN_TYPES: &str = "text (`&str`, `String`, `Cow<str>`), an integer (`i8` to `i64`, `u8` to `u64`, `isize`, `usize`), \
                       `f64`, `bool`, or `Option` of one";

/// Checks every rule for a segment.
pub(crate) fn segment(segment: &Segment, errors: &mut Errors) {
    if attributes::rewritten(&segment.functions, errors) {
        return;
    }
    settings::settings(&segment.settings, errors);
    header::header("segment", &segment.header, errors);
    header::misplaced_marks("segment", &segment.attrs, errors);
    attributes::for_traits("segment", &segment.attrs, errors);
    unexpected_members(segment, errors);
    options(segment, errors);
    if segment.functions.is_empty() {
        let advice = "a segment needs at least one function: add, for example, `fn user(user: &User) -> &str { … }`";
        errors.at(&segment.ident, advice);
    }
    for function in &segment.functions {
        function::plain("a segment's function", function, errors);
        names::function_name(&function.signature.ident, &SEGMENT_FUNCTIONS, errors);
        marks(function, errors);
        asyncness(function, errors);
        one_input(function, errors);
        different_from_segment(function, segment, errors);
        returns(function, segment.kind(), errors);
    }
    different_inputs(segment, errors);
}

fn unexpected_members(segment: &Segment, errors: &mut Errors) {
    for member in &segment.other_members {
        match member {
            Member::Const(constant) => {
                let found = &constant.ident;
                errors.at(
                    constant,
                    format!(
                        "the only constant of a segment is `OPTIONS`: rename `{found}`, or move it out of the trait"
                    ),
                );
            }
            Member::Type(ty) => {
                let found = &ty.ident;
                let advice = format!(
                    "a segment cannot have types: remove `{found}`, and write the return type on each function"
                );
                errors.at(ty, advice);
            }
            Member::Macro(call) => {
                errors.at(call, "this macro is not expanded before the functions are read: write out the functions");
            }
            Member::Function(_) => {}
        }
    }
}

fn options(segment: &Segment, errors: &mut Errors) {
    for options in segment.options.iter().skip(1) {
        errors.at(options, "a segment can have only one `OPTIONS`: remove this one");
    }
    let Some(options) = segment.options.first() else { return };
    if let Some(kind) = segment.kind().filter(|kind| *kind != Kind::Text) {
        let advice = format!("options are text, but the value of this segment is {kind}: remove `OPTIONS`");
        errors.at(options, advice);
    } else if !is_list_of_text(&options.ty) {
        let found = written(&options.ty);
        errors.at(&options.ty, format!("`OPTIONS` must have the type `&[&str]`: write `&[&str]` instead of `{found}`"));
    }
    values(options, errors);
}

fn values(options: &TraitItemConst, errors: &mut Errors) {
    let Some((_, values)) = &options.default else {
        errors.at(options, "`OPTIONS` needs a value: write `const OPTIONS: &[&str] = &[\"…\"];`");
        return;
    };
    let Expr::Reference(reference) = values else { return };
    let Expr::Array(array) = &*reference.expr else { return };
    if array.elems.is_empty() {
        errors.at(values, "`OPTIONS` cannot be empty: add options, or remove it");
    }
    let mut seen = HashSet::new();
    for value in &array.elems {
        if let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = value
            && !seen.insert(text.value())
        {
            errors.at(value, format!("the option {:?} is listed twice: remove this one", text.value()));
        }
    }
}

/// Returns `true` if the type is `&[&str]`, with or without `'static`.
fn is_list_of_text(ty: &Type) -> bool {
    let Type::Reference(list) = peeled(ty) else { return false };
    let elem = match peeled(&list.elem) {
        Type::Slice(slice) => peeled(&slice.elem),
        _ => return false,
    };
    matches!(elem, Type::Reference(text) if is_str(&text.elem))
}

fn marks(function: &Function, errors: &mut Errors) {
    for attr in &function.attrs {
        if is(attr, &["default"]) {
            errors.at(attr, "`#[default]` applies to implementations of a feature: remove it");
        }
        if is(attr, &["name"]) {
            errors.at(attr, "`#[name]` applies to implementations of a feature: remove it");
        }
    }
}

fn asyncness(function: &Function, errors: &mut Errors) {
    if let Some(asyncness) = &function.signature.asyncness {
        errors.at(asyncness, "a segment's function cannot be async, because decisions do not wait: remove `async`");
    }
}

fn one_input(function: &Function, errors: &mut Errors) {
    let name = &function.signature.ident;
    match function.parameters().count() {
        1 => {}
        0 if function.signature.receiver().is_some() => {}
        0 => errors.at(
            name,
            format!("`{name}` needs an input to take the value from: write, for example, `{name}(user: &User)`"),
        ),
        _ => errors.at(
            &function.signature.inputs,
            format!("`{name}` can take only one input: write one function for each type"),
        ),
    }
}

fn returns(function: &Function, expected: Option<Kind>, errors: &mut Errors) {
    let name = &function.signature.ident;
    let Some(ty) = function.output() else {
        errors.at(&function.signature, format!("`{name}` needs a return type: {RETURN_TYPES}"));
        return;
    };
    output::borrowed(function, ty, errors);
    match (Kind::of(ty), expected) {
        (None, _) => errors.at(ty, format!("a segment cannot return `{}`: {}", written(ty), instead(ty))),
        (Some(kind), Some(expected)) if kind != expected => {
            errors
                .at(ty, format!("`{name}` returns {kind}, but the functions before return {expected}: return the same type of value from all"));
        }
        _ => {}
    }
}

/// The handle is a unit struct with the name of the segment, which a parameter cannot shadow.
fn different_from_segment(function: &Function, segment: &Segment, errors: &mut Errors) {
    let clash = function.parameters().filter_map(|parameter| name(&parameter.pat)).find(|name| **name == segment.ident);
    if let Some(found) = clash {
        let advice = format!("rename it, or name the segment `{}`", camel_case(&plain(&segment.ident)));
        errors.at(found, format!("the parameter `{found}` has the name of the segment: {advice}"));
    }
}

/// Returns the advice for a return type that is not supported.
fn instead(ty: &Type) -> String {
    let ty = inside_option(ty).unwrap_or(ty);
    let last = match peeled(ty) {
        Type::Path(path) => path.path.segments.last().map(|segment| segment.ident.to_string()),
        _ => None,
    };
    match last.as_deref() {
        Some("f32") => "write `f64` and `f64::from(…)`".to_owned(),
        Some("i128" | "u128") => "write `i64` or `u64`".to_owned(),
        Some("char") => "write `String` and `….to_string()`".to_owned(),
        Some("Result") => "write `Option`, and return `None` on an error".to_owned(),
        Some("Option") => "write a single `Option`".to_owned(),
        _ => format!("write {RETURN_TYPES}; type aliases are not supported"),
    }
}

/// Checks that no two functions take the same type.
fn different_inputs(segment: &Segment, errors: &mut Errors) {
    let sources: Vec<(&Function, &PatType)> = segment.sources().collect();
    for (position, (function, parameter)) in sources.iter().enumerate() {
        let same = |other: &PatType| Passing::of(&other.ty).same_type(&Passing::of(&parameter.ty));
        if let Some((other, _)) = sources.iter().take(position).find(|(_, other)| same(other)) {
            let (name, other) = (&function.signature.ident, &other.signature.ident);
            let ty = written(&parameter.ty);
            errors.at(&parameter.ty, format!("`{name}` takes `{ty}`, as `{other}` does: remove one of them"));
        }
    }
}
