//! Rules for functions that run only if a condition holds.

use proc_macro2::TokenStream;
use syn::punctuated::Punctuated;
use syn::{Expr, ExprPath, Pat, PatType, Token, Type};

use super::{attributes, names};
use crate::errors::Errors;
use crate::model::{Condition, Guarded, is, is_unnamed, name, peeled, rebuilt};
use crate::parse::{Argument, Function, written};

/// Checks every rule for a function with a condition.
pub(crate) fn guarded(guarded: &Guarded, errors: &mut Errors) {
    conditions(guarded, errors);
    function(guarded, errors);
    if let Some(argument) = &guarded.guard.otherwise {
        otherwise(guarded, argument, errors);
        for parameter in guarded.function.parameters() {
            passed_on(parameter, errors);
        }
    }
}

fn conditions(guarded: &Guarded, errors: &mut Errors) {
    let (all, attributes) = (&guarded.guard.conditions, &guarded.guard.attributes);
    if all.is_empty() {
        let advice =
            "write a boolean feature, as in `#[feats::when_enabled(Feature)]`, or the name of a flag in quotes";
        errors.at(TokenStream::new(), format!("a condition is missing: {advice}"));
    }
    for more in all.iter().skip(1) {
        let advice = "remove this one, or write a boolean feature that decides by both";
        errors.at(more, format!("a function has one condition, a feature or a flag: {advice}"));
    }
    for condition in all {
        match Condition::new(condition.clone()) {
            Condition::Feature(path, inputs) => feature(&path, &inputs, errors),
            Condition::Flag(flag) => names::name(&flag.value(), flag, errors),
            Condition::Other(expr) => neither(&expr, errors),
        }
    }
    let Some(Argument { name, value }) = attributes else { return };
    match guarded.condition() {
        Some(Condition::Feature(path, _)) => {
            let found = written(path);
            errors.at(
                name,
                format!("`attributes` applies to flags: write the inputs of the feature, as in `{found}(user)`"),
            );
        }
        _ if value.is_none() => {
            let advice = "write `attributes = feats::attributes! { \"name\" => value }`";
            errors.at(name, format!("`attributes` needs a value: {advice}"));
        }
        _ => {}
    }
}

/// The condition is a feature, not a call of its function.
fn feature(path: &ExprPath, inputs: &Punctuated<Expr, Token![,]>, errors: &mut Errors) {
    let written_path = written(path);
    let feature = written_path.strip_suffix("::is_enabled").or_else(|| written_path.strip_suffix("::is_enabled_async"));
    let Some(feature) = feature else { return };
    let inputs = if inputs.is_empty() { String::new() } else { format!("({})", written(inputs)) };
    errors.at(path, format!("the condition is the feature itself: write `{feature}{inputs}`"));
}

/// Reports a condition that is neither a feature nor a flag.
fn neither(expr: &Expr, errors: &mut Errors) {
    match expr {
        Expr::Call(call) if matches!(Condition::new((*call.func).clone()), Condition::Flag(_)) => {
            let flag = written(&call.func);
            let advice = format!("write `{flag}, attributes = feats::attributes! {{ \"name\" => value }}`");
            errors.at(expr, format!("a flag has attributes in place of inputs: {advice}"));
        }
        _ => {
            let advice = "write `Feature`, `Feature(inputs)` or `\"FLAG\"`";
            errors.at(expr, format!("the condition is a boolean feature or the name of a flag: {advice}"));
        }
    }
}

fn function(guarded: &Guarded, errors: &mut Errors) {
    let Function { signature, body, .. } = &guarded.function;
    let name = &signature.ident;
    if let Some(constness) = &signature.constness {
        errors.at(constness, "a condition is decided at run time: remove `const`");
    }
    if let Some(variadic) = &signature.variadic {
        errors.at(variadic, format!("the arguments of `{name}` cannot be passed on: remove `{}`", written(variadic)));
    }
    if body.is_none() {
        errors
            .at(name, format!("`{name}` has no body to run: write `{{ … }}` in place of `;`, or remove the attribute"));
    }
    if guarded.guard.otherwise.is_none() {
        returned(guarded, errors);
    }
}

/// Checks that `Option` can contain what a function without `otherwise` returns.
fn returned(guarded: &Guarded, errors: &mut Errors) {
    let Function { signature, .. } = &guarded.function;
    let advice = "add `otherwise = function`";
    if attributes::is_rewritten(&guarded.function) {
        let message = "`#[async_trait]` has rewritten this function, which would return an `Option` of a future";
        errors.at(&signature.ident, format!("{message}: {advice}"));
        return;
    }
    if guarded.never_returns() {
        errors.at(
            &signature.output,
            format!("a function that returns `None` if the condition does not hold cannot return `!`: {advice}"),
        );
    }
    if let Some(abi) = &signature.abi {
        let message = "this function would return an `Option`, which has no layout in other languages";
        errors.at(abi, format!("{message}: {advice}, or remove `{}`", written(abi)));
    }
}

fn otherwise(guarded: &Guarded, argument: &Argument, errors: &mut Errors) {
    let Function { signature, .. } = &guarded.function;
    let function = &signature.ident;
    let Some(path) = guarded.otherwise() else {
        let advice = "write `otherwise = function`, `otherwise = path::to::function` or `otherwise = Self::method`";
        match (&argument.value, &argument.name) {
            (Some(Expr::Call(call)), _) => {
                let found = written(&call.func);
                errors.at(call, format!("`otherwise` is called with the same arguments: write `otherwise = {found}`"));
            }
            (Some(value), _) => errors.at(value, format!("`otherwise` takes the path of a function: {advice}")),
            (None, name) => errors.at(name, format!("`otherwise` needs a value: {advice}")),
        }
        return;
    };
    let is_method = signature.receiver().is_some();
    let calls_itself = |prefix: &str| written(path) == format!("{prefix}{function}");
    if calls_itself("Self::") || !is_method && calls_itself("") {
        errors.at(path, format!("`{function}` would call itself: write the function that replaces it"));
    } else if let Some(only) = path.path.get_ident()
        && guarded.function.parameters().any(|parameter| name(&parameter.pat) == Some(only))
    {
        errors.at(path, format!("the parameter `{only}` hides the function `{only}`: rename the parameter"));
    }
}

/// Checks that a parameter can be passed on to `otherwise`.
fn passed_on(parameter: &PatType, errors: &mut Errors) {
    let PatType { attrs, pat, ty, .. } = parameter;
    if let Some(attr) = attrs.iter().find(|attr| is(attr, &["cfg", "cfg_attr"])) {
        errors.at(
            attr,
            "a conditional parameter cannot be passed on to `otherwise`: write the condition on the function",
        );
    }
    if is_unnamed(parameter) {
        return;
    }
    let instead = format!("name the parameter, `name: {}`, and destructure it in the body", written(ty));
    match rebuilt(pat) {
        Err(part @ Pat::Wild(_)) => {
            errors
                .at(part, "`otherwise` gets every part of this parameter: write a name such as `_name` instead of `_`");
        }
        Err(part) => errors.at(part, format!("this pattern does not name all that `otherwise` gets: {instead}")),
        Ok(_) if borrows_parts(pat, ty) => {
            errors.at(
                pat,
                format!("this pattern borrows the parts of a reference, but `otherwise` gets the whole: {instead}"),
            );
        }
        Ok(_) => {}
    }
}

/// Returns `true` if a pattern destructures the value behind a reference, as in `(a, b): &(A, B)`.
fn borrows_parts(pattern: &Pat, ty: &Type) -> bool {
    let destructures = matches!(pattern, Pat::Tuple(_) | Pat::TupleStruct(_) | Pat::Struct(_) | Pat::Slice(_));
    destructures && matches!(peeled(ty), Type::Reference(_))
}
