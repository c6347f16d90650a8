//! Rules for every function: an implementation, the body of a boolean, a function of a segment.

use syn::{FnArg, Safety};

use super::parameter;
use crate::errors::Errors;
use crate::parse::{Function, written};

/// Returns `true` if the function can become an associated function of the handle, with its parameters.
pub(crate) fn is_sound(function: &Function) -> bool {
    let mut errors = Errors::default();
    plain("function", function, &mut errors);
    errors.is_empty()
}

/// Checks a function. `noun` describes it in messages.
pub(super) fn plain(noun: &str, function: &Function, errors: &mut Errors) {
    let signature = &function.signature;
    let generics = &signature.generics;
    if let Some(constness) = &signature.constness {
        errors.at(constness, format!("{noun} cannot be `const`: remove `const`"));
    }
    if let Safety::Unsafe(unsafety) = &signature.safety {
        errors.at(unsafety, format!("{noun} is called from safe code: remove `unsafe`"));
    }
    if let Some(abi) = &signature.abi {
        errors.at(abi, format!("{noun} uses the Rust ABI: remove `{}`", written(abi)));
    }
    if !generics.params.is_empty() {
        let found = written(&generics.params);
        errors.at(
            generics,
            format!("{noun} cannot be generic, because its input types must be known: remove `<{found}>`"),
        );
    }
    if let Some(where_clause) = &generics.where_clause {
        errors.at(where_clause, format!("{noun} cannot have a `where` clause: remove it"));
    }
    for input in &signature.inputs {
        match input {
            FnArg::Receiver(receiver) => {
                let found = written(receiver);
                errors.at(receiver, format!("{noun} cannot take `self`: remove `{found}`"));
            }
            FnArg::Typed(parameter) => parameter::parameter(parameter, errors),
        }
    }
    if function.body.is_none() {
        let name = &signature.ident;
        errors.at(name, format!("`{name}` needs a body: write `{{ … }}` in place of `;`"));
    }
}
