//! Rules for features and booleans.

use syn::{Meta, Type};

use super::{attributes, function, header, names, output, parameter, settings};
use crate::errors::Errors;
use crate::model::{Feature, Form, peeled};
use crate::parse::{Function, Member, same, written};

/// The maximum number of inputs, for which `feats::__private::Inputs` is implemented.
const MAX_INPUTS: usize = 12;

/// Checks every rule for a feature or a boolean.
pub(crate) fn feature(feature: &Feature, errors: &mut Errors) {
    if attributes::rewritten(feature.functions(), errors) {
        return;
    }
    settings::settings(&feature.settings, errors);
    attributes::derives(&feature.attrs, errors);
    match feature.form {
        Form::Trait => trait_feature(feature, errors),
        Form::Boolean => boolean_feature(feature, errors),
    }
    if let Some(exemplar) = feature.exemplar() {
        for parameter in exemplar.parameters() {
            parameter::named(parameter, errors);
        }
        input_count(exemplar, errors);
    }
}

fn trait_feature(feature: &Feature, errors: &mut Errors) {
    header::header("feature", &feature.header, errors);
    header::misplaced_marks("feature", &feature.attrs, errors);
    attributes::for_traits("feature", &feature.attrs, errors);
    unexpected_members(feature, errors);
    defaults(feature, errors);
    for implementation in &feature.implementations {
        names::name_attributes(implementation, errors);
    }
    names::variants(feature, errors);
    for function in feature.functions() {
        function::plain("an implementation", function, errors);
    }
    agreement(feature, errors);
    output::outputs(feature, errors);
}

fn boolean_feature(feature: &Feature, errors: &mut Errors) {
    for function in feature.functions() {
        header::misplaced_marks("boolean", &function.attrs, errors);
        function::plain("a boolean", function, errors);
        match function.output() {
            Some(ty) if matches!(peeled(ty), Type::Path(path) if path.path.is_ident("bool")) => {}
            Some(ty) => errors.at(
                ty,
                format!("a boolean returns `bool`: write `-> bool`; for `{}`, use `#[feats::feature]`", written(ty)),
            ),
            None => errors.at(&feature.ident, "a boolean returns `bool`: write `-> bool`"),
        }
    }
}

fn unexpected_members(feature: &Feature, errors: &mut Errors) {
    for member in &feature.other_members {
        match member {
            Member::Type(ty) => {
                let found = &ty.ident;
                errors.at(
                    ty,
                    format!("the only type of a feature is `Output`: rename `{found}`, or move it out of the trait"),
                );
            }
            Member::Const(constant) if constant.ident == "OPTIONS" => {
                errors.at(constant, "`OPTIONS` applies to segments: remove it from this feature");
            }
            Member::Const(constant) => {
                let found = &constant.ident;
                errors.at(constant, format!("a feature cannot have constants: move `{found}` out of the trait"));
            }
            Member::Macro(call) => {
                errors.at(
                    call,
                    "this macro is not expanded before the implementations are read: write out the functions",
                );
            }
            Member::Function(_) => {}
        }
    }
}

fn defaults(feature: &Feature, errors: &mut Errors) {
    if feature.implementations.is_empty() {
        let advice = "a feature needs at least one implementation: add `#[default] fn name() -> Type { … }`";
        errors.at(&feature.ident, advice);
        return;
    }
    let mut marks = feature.implementations.iter().flat_map(|implementation| implementation.defaults());
    if marks.next().is_none() {
        let advice = "a feature needs a default implementation: add `#[default]` to one of the functions";
        errors.at(&feature.ident, advice);
    }
    if let Some(default) = feature.default() {
        for mark in marks {
            errors.at(mark, format!("`{}` is already the default: remove this `#[default]`", default.name));
        }
    }
    for mark in feature.implementations.iter().flat_map(|implementation| implementation.defaults()) {
        if !matches!(mark.meta, Meta::Path(_)) {
            errors.at(mark, "`#[default]` takes no arguments: write `#[default]`");
        }
    }
}

fn input_count(exemplar: &Function, errors: &mut Errors) {
    let (name, count) = (&exemplar.signature.ident, exemplar.parameters().count());
    if count > MAX_INPUTS {
        let advice =
            format!("`{name}` takes {count} inputs, but at most {MAX_INPUTS} are supported: group some in a struct");
        errors.at(&exemplar.signature.inputs, advice);
    }
}

/// All implementations take the same inputs, and are either all asynchronous or all synchronous.
fn agreement(feature: &Feature, errors: &mut Errors) {
    let Some(exemplar) = feature.exemplar() else { return };
    for function in feature.functions() {
        same_inputs(function, exemplar, errors);
        same_asyncness(function, exemplar, errors);
    }
}

fn same_inputs(function: &Function, exemplar: &Function, errors: &mut Errors) {
    let (name, default) = (&function.signature.ident, &exemplar.signature.ident);
    if function.parameters().count() != exemplar.parameters().count() {
        let expected: Vec<String> = exemplar.parameters().map(written).collect();
        let expected = expected.join(", ");
        errors.at(name, format!("`{name}` does not take the same inputs as `{default}`: write `{name}({expected})`"));
        return;
    }
    for (found, expected) in function.parameters().zip(exemplar.parameters()) {
        if !same(peeled(&found.ty), peeled(&expected.ty)) {
            let (found_type, expected) = (written(&found.ty), written(&expected.ty));
            let advice =
                format!("`{name}` takes `{found_type}`, but `{default}` takes `{expected}`: write `{expected}`");
            errors.at(&found.ty, advice);
        }
    }
}

fn same_asyncness(function: &Function, exemplar: &Function, errors: &mut Errors) {
    let (name, default) = (&function.signature.ident, &exemplar.signature.ident);
    match (function.signature.asyncness, exemplar.is_async()) {
        (Some(asyncness), false) => errors.at(
            asyncness,
            format!("`{name}` is async, but `{default}` is not: make all implementations async, or none"),
        ),
        (None, true) => errors.at(
            function.signature.fn_token,
            format!("`{default}` is async, but `{name}` is not: write `async fn {name}`"),
        ),
        _ => {}
    }
}
