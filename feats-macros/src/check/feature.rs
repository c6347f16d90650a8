//! The rules of features and booleans.

use syn::{Meta, Type};

use super::{attributes, function, header, names, output, parameter, settings};
use crate::errors::Errors;
use crate::model::{Feature, Form, peeled};
use crate::parse::{Function, Member, same, written};

/// As many as `feats::__private::Inputs` is implemented for.
const MOST_INPUTS: usize = 12;

/// Every rule of a feature or a boolean.
pub(crate) fn feature(feature: &Feature, errors: &mut Errors) {
    if attributes::rewritten(feature.functions(), errors) {
        return;
    }
    settings::settings(&feature.settings, errors);
    attributes::derives(&feature.attrs, errors);
    match feature.form {
        Form::Trait => of_trait(feature, errors),
        Form::Boolean => of_function(feature, errors),
    }
    if let Some(exemplar) = feature.exemplar() {
        for parameter in exemplar.parameters() {
            parameter::named(parameter, errors);
        }
        not_too_many(exemplar, errors);
    }
}

fn of_trait(feature: &Feature, errors: &mut Errors) {
    header::header("feature", &feature.header, errors);
    header::misplaced_marks("feature", &feature.attrs, errors);
    attributes::for_traits("feature", &feature.attrs, errors);
    strangers(feature, errors);
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

fn of_function(feature: &Feature, errors: &mut Errors) {
    for function in feature.functions() {
        header::misplaced_marks("boolean", &function.attrs, errors);
        function::plain("a boolean", function, errors);
        match function.output() {
            Some(ty) if matches!(peeled(ty), Type::Path(path) if path.path.is_ident("bool")) => {}
            Some(ty) => errors.at(
                ty,
                format!("a boolean is on or off: write `-> bool`; for `{}` use `#[feats::feature]`", written(ty)),
            ),
            None => errors.at(&feature.ident, "a boolean is on or off: write `-> bool`"),
        }
    }
}

fn strangers(feature: &Feature, errors: &mut Errors) {
    for member in &feature.strangers {
        match member {
            Member::Type(ty) => {
                let found = &ty.ident;
                errors.at(ty, format!("a feature has one type, `Output`: rename `{found}` or move it out"));
            }
            Member::Const(constant) if constant.ident == "OPTIONS" => {
                errors.at(constant, "`OPTIONS` belongs in a segment: remove it here");
            }
            Member::Const(constant) => {
                let found = &constant.ident;
                errors.at(constant, format!("a feature has no constants: move `{found}` out of it"));
            }
            Member::Macro(call) => {
                errors.at(call, "implementations are read before macros run: write the functions themselves");
            }
            Member::Function(_) => {}
        }
    }
}

fn defaults(feature: &Feature, errors: &mut Errors) {
    if feature.implementations.is_empty() {
        let advice = "a feature has at least one implementation: add `#[default] fn name() -> Type { … }`";
        errors.at(&feature.ident, advice);
        return;
    }
    let mut marks = feature.implementations.iter().flat_map(|implementation| implementation.defaults());
    if marks.next().is_none() {
        let advice = "which implementation is used while nobody says otherwise? Write `#[default]` on it";
        errors.at(&feature.ident, advice);
    }
    if let Some(default) = feature.default() {
        for mark in marks {
            errors.at(mark, format!("`{}` is the default already: remove this `#[default]`", default.name));
        }
    }
    for mark in feature.implementations.iter().flat_map(|implementation| implementation.defaults()) {
        if !matches!(mark.meta, Meta::Path(_)) {
            errors.at(mark, "the mark has no arguments: write `#[default]`");
        }
    }
}

fn not_too_many(exemplar: &Function, errors: &mut Errors) {
    let (name, count) = (&exemplar.signature.ident, exemplar.parameters().count());
    if count > MOST_INPUTS {
        let advice =
            format!("`{name}` takes {count} inputs and a handle at most {MOST_INPUTS}: put some into a struct");
        errors.at(&exemplar.signature.inputs, advice);
    }
}

/// All implementations take the same inputs, and are asynchronous or not.
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
        let wanted: Vec<String> = exemplar.parameters().map(written).collect();
        let wanted = wanted.join(", ");
        errors.at(name, format!("`{name}` takes other inputs than `{default}`: write `{name}({wanted})`"));
        return;
    }
    for (found, expected) in function.parameters().zip(exemplar.parameters()) {
        if !same(peeled(&found.ty), peeled(&expected.ty)) {
            let (found_type, expected) = (written(&found.ty), written(&expected.ty));
            let advice =
                format!("`{name}` takes `{found_type}` where `{default}` takes `{expected}`: write `{expected}`");
            errors.at(&found.ty, advice);
        }
    }
}

fn same_asyncness(function: &Function, exemplar: &Function, errors: &mut Errors) {
    let (name, default) = (&function.signature.ident, &exemplar.signature.ident);
    match (function.signature.asyncness, exemplar.is_async()) {
        (Some(asyncness), false) => errors.at(
            asyncness,
            format!("`{name}` is async and `{default}` is not: write `async` on all implementations or on none"),
        ),
        (None, true) => errors.at(
            function.signature.fn_token,
            format!("`{default}` is async and `{name}` is not: write `async fn {name}`"),
        ),
        _ => {}
    }
}
