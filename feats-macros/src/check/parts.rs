//! Borrows and unnamed types within a type.

use syn::{GenericArgument, Lifetime, PathArguments, Type, TypeParamBound, TypeReference};

use crate::model::{is_static, peeled};

/// A part of a type that is not allowed everywhere.
pub(super) enum Part<'a> {
    /// A reference that is not `&'static`.
    Reference(&'a TypeReference),
    /// A lifetime that is not `'static`, as an argument or a bound.
    Lifetime(&'a Lifetime),
    /// `impl Trait` or `_`.
    Unnamed(&'a Type),
}

/// Returns `true` if the type has an elided lifetime, as `&str` and `Ref<'_>` do.
pub(crate) fn is_borrowing(ty: &Type) -> bool {
    let unnamed = |part: Part<'_>| match part {
        Part::Reference(reference) => {
            reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident == "_").then_some(())
        }
        Part::Lifetime(lifetime) => (lifetime.ident == "_").then_some(()),
        Part::Unnamed(_) => None,
    };
    find_part(ty, &unnamed).is_some()
}

/// Returns the result of `answer` for the first part of the type for which it returns one.
pub(super) fn find_part<'a, T>(ty: &'a Type, answer: &impl Fn(Part<'a>) -> Option<T>) -> Option<T> {
    let within = |ty| find_part(ty, answer);
    let lifetime = |lifetime| if is_static(lifetime) { None } else { answer(Part::Lifetime(lifetime)) };
    match peeled(ty) {
        Type::Reference(reference) => match &reference.lifetime {
            Some(lifetime) if is_static(lifetime) && reference.mutability.is_none() => within(&reference.elem),
            _ => answer(Part::Reference(reference)),
        },
        unnamed @ (Type::ImplTrait(_) | Type::Infer(_)) => answer(Part::Unnamed(unnamed)),
        Type::Array(array) => within(&array.elem),
        Type::Slice(slice) => within(&slice.elem),
        Type::Ptr(pointer) => within(&pointer.elem),
        Type::Tuple(tuple) => tuple.elems.iter().find_map(within),
        Type::TraitObject(object) => object.bounds.iter().find_map(|bound| match bound {
            TypeParamBound::Lifetime(bound) => lifetime(bound),
            _ => None,
        }),
        Type::Path(path) => path.path.segments.iter().find_map(|segment| match &segment.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(ty) => within(ty),
                GenericArgument::Lifetime(argument) => lifetime(argument),
                _ => None,
            }),
            _ => None,
        }),
        _ => None,
    }
}
