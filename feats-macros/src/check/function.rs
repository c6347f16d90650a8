//! The rules that every function has: an implementation, the body of a boolean, a function of a segment.

use syn::{FnArg, Safety};

use super::parameter;
use crate::errors::Errors;
use crate::parse::{Function, written};

/// Whether the function can be written again as an associated function of the handle, and its parameters too.
pub(crate) fn is_sound(function: &Function) -> bool {
    let mut errors = Errors::default();
    plain("function", function, &mut errors);
    errors.is_empty()
}

/// `noun` is what the function is.
pub(super) fn plain(noun: &str, function: &Function, errors: &mut Errors) {
    let signature = &function.signature;
    let generics = &signature.generics;
    if let Some(constness) = &signature.constness {
        errors.at(constness, format!("{noun} runs when it is chosen: remove `const`"));
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        errors.at(unsafety, format!("{noun} is called by safe code: remove `unsafe`"));
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, format!("{noun} is a Rust function: remove `{}`", written(abi)));
    }
    if !generics.params.is_empty() {
        let found = written(&generics.params);
        errors.at(generics, format!("{noun} has no generics, its inputs are known: remove `<{found}>`"));
    }
    if let Some(where_clause) = &generics.where_clause {
        errors.at(where_clause, format!("{noun} has no generics to bound: remove the `where` clause"));
    }
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let found = written(receiver);
                errors.at(receiver, format!("{noun} has no `self`, only inputs: remove `{found}`"));
            }
            FnArg::Typed(parameter) => parameter::parameter(parameter, errors),
        }
    }
    if function.body.is_none() {
        let name = &signature.ident;
        errors.at(name, format!("`{name}` has no body, and nothing implements it elsewhere: write `{{ … }}` here"));
    }
}
