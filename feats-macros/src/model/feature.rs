//! Features, and the functions that build their implementations.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::{Attribute, Ident, TraitItemType, Type, Visibility, parse_quote};

use super::attributes::{Docs, is, is_about_handle, is_lint_level, lint_levels, name_of};
use super::input::{Input, peeled};
use super::names::{plain, variant};
use crate::parse::{Function, Header, Member, Settings, Trait};

/// A feature, or a boolean feature.
pub(crate) struct Feature {
    pub(crate) form: Form,
    /// The attributes of the item, which the handle keeps.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) docs: Docs,
    pub(crate) vis: Visibility,
    pub(crate) ident: Ident,
    pub(crate) header: Header,
    pub(crate) settings: Settings,
    /// The name, which operators use.
    pub(crate) name: String,
    pub(crate) implementations: Vec<Implementation>,
    /// The position of the default.
    pub(crate) default: usize,
    /// The types named `Output`, of which there should be at most one.
    pub(crate) outputs: Vec<TraitItemType>,
    /// Members that a feature cannot have.
    pub(crate) other_members: Vec<Member>,
}

/// The form in which a feature is declared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Trait,
    Boolean,
}

/// An implementation of a feature.
pub(crate) struct Implementation {
    pub(crate) variant: Ident,
    /// The name, which operators use.
    pub(crate) name: String,
    pub(crate) docs: Docs,
    /// The conditions under which the implementation is compiled.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) build: Build,
    /// The attributes `#[default]` and `#[name]`.
    pub(crate) marks: Vec<Attribute>,
}

/// The expression that builds an implementation.
pub(crate) enum Build {
    Call(Box<Function>),
    Constant(bool),
}

/// The output of a feature, and its conversion from the return type of an implementation.
pub(crate) enum Output<'a> {
    /// Every implementation returns this type.
    Same(&'a Type),
    /// `type Output = dyn T`: the return type of each implementation is boxed.
    Boxed(&'a Type),
    /// `type Output = T`: the return type of each implementation is converted.
    Converted(&'a Type),
}

impl Feature {
    pub(crate) fn from_trait(attrs: Vec<Attribute>, settings: Settings, item: Trait) -> Self {
        let (mut implementations, mut outputs, mut other_members) = (Vec::new(), Vec::new(), Vec::new());
        for member in item.members {
            match member {
                Member::Function(function) => implementations.push(Implementation::new(function)),
                Member::Type(output) if output.ident == "Output" => outputs.push(output),
                other => other_members.push(other),
            }
        }
        let marked = |implementation: &Implementation| implementation.defaults().next().is_some();
        Self {
            form: Form::Trait,
            docs: Docs::new(&attrs),
            attrs,
            vis: item.vis,
            name: settings.name(&item.ident),
            ident: item.ident,
            header: item.header,
            settings,
            default: implementations.iter().position(marked).unwrap_or(0),
            implementations,
            outputs,
            other_members,
        }
    }

    pub(crate) fn from_function(attrs: Vec<Attribute>, settings: Settings, mut function: Function) -> Self {
        let ident = function.signature.ident.clone();
        let (attrs, body_attrs) = attrs.into_iter().partition::<Vec<_>, _>(is_about_handle);
        function.attrs =
            body_attrs.into_iter().chain(attrs.iter().filter(|attr| is_lint_level(attr)).cloned()).collect();
        let vis = std::mem::replace(&mut function.vis, Visibility::Inherited);
        function.signature.ident = format_ident!("__body", span = ident.span());
        let fixed = |variant: &str, name: &str, doc: &str, build| Implementation {
            variant: Ident::new(variant, ident.span()),
            name: name.to_owned(),
            docs: Docs::new(&[parse_quote!(#[doc = #doc])]),
            cfgs: Vec::new(),
            build,
            marks: Vec::new(),
        };
        Self {
            form: Form::Boolean,
            docs: Docs::new(&attrs),
            implementations: vec![
                fixed("Enabled", "enabled", "On.", Build::Constant(true)),
                fixed("Default", "default", "As decided in code.", Build::Call(Box::new(function))),
                fixed("Disabled", "disabled", "Off.", Build::Constant(false)),
            ],
            attrs,
            vis,
            name: settings.name(&ident),
            ident,
            header: Header::default(),
            settings,
            default: 1,
            outputs: Vec::new(),
            other_members: Vec::new(),
        }
    }

    /// Returns the default; `None` only if there is no implementation.
    pub(crate) fn default(&self) -> Option<&Implementation> {
        self.implementations.get(self.default)
    }

    /// Returns the lint levels for generated code.
    pub(crate) fn lint_levels(&self) -> Vec<Attribute> {
        lint_levels(&self.attrs)
    }

    /// Returns the functions as written.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.implementations.iter().filter_map(Implementation::function)
    }

    /// Returns the functions for changes.
    pub(crate) fn functions_mut(&mut self) -> impl Iterator<Item = &mut Function> {
        self.implementations.iter_mut().filter_map(|implementation| match &mut implementation.build {
            Build::Call(function) => Some(&mut **function),
            Build::Constant(_) => None,
        })
    }

    /// Returns the function of the default, which determines the inputs and the output of all.
    pub(crate) fn exemplar(&self) -> Option<&Function> {
        self.default().and_then(Implementation::function)
    }

    /// Returns the handle's parameters.
    pub(crate) fn inputs(&self) -> Vec<Input<'_>> {
        self.exemplar().map_or_else(Vec::new, |exemplar| Input::all(exemplar.parameters()))
    }

    pub(crate) fn is_async(&self) -> bool {
        self.exemplar().is_some_and(Function::is_async)
    }

    /// Returns the handle's output; `None` if it is not declared.
    pub(crate) fn output(&self) -> Option<Output<'_>> {
        match self.outputs.first() {
            None => self.exemplar().and_then(Function::output).map(Output::Same),
            Some(output) => output.default.as_ref().map(|(_, ty)| match peeled(ty) {
                Type::TraitObject(_) => Output::Boxed(ty),
                _ => Output::Converted(ty),
            }),
        }
    }
}

impl Implementation {
    /// Returns the value of a boolean's function whose body is only `true` or `false`.
    pub(crate) fn constant(&self) -> Option<bool> {
        let body = self.function()?.body.as_ref()?;
        syn::parse2::<syn::LitBool>(body.stream()).ok().map(|literal| literal.value)
    }

    fn new(mut function: Function) -> Self {
        let (marks, attrs): (Vec<_>, Vec<_>) =
            std::mem::take(&mut function.attrs).into_iter().partition(|attr| is(attr, &["default", "name"]));
        function.attrs = attrs;
        let ident = &function.signature.ident;
        Self {
            variant: variant(ident).unwrap_or_else(|| ident.clone()),
            name: marks
                .iter()
                .filter(|attr| is(attr, &["name"]))
                .find_map(name_of)
                .map_or_else(|| plain(ident), |name| name.value()),
            docs: Docs::new(&function.attrs),
            cfgs: function.attrs.iter().filter(|attr| is(attr, &["cfg"])).cloned().collect(),
            build: Build::Call(Box::new(function)),
            marks,
        }
    }

    pub(crate) fn function(&self) -> Option<&Function> {
        match &self.build {
            Build::Call(function) => Some(function),
            Build::Constant(_) => None,
        }
    }

    /// Returns the attributes `#[default]`.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = &Attribute> {
        self.marks.iter().filter(|attr| is(attr, &["default"]))
    }

    /// Returns the attributes `#[name = "…"]`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Attribute> {
        self.marks.iter().filter(|attr| is(attr, &["name"]))
    }
}

impl Output<'_> {
    /// Returns the type without its box.
    pub(crate) fn ty(&self) -> &Type {
        match self {
            Output::Same(ty) | Output::Boxed(ty) | Output::Converted(ty) => ty,
        }
    }
}

impl ToTokens for Output<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Output::Same(ty) | Output::Converted(ty) => ty.to_tokens(tokens),
            Output::Boxed(ty) => tokens.extend(quote!(::std::boxed::Box<#ty>)),
        }
    }
}
