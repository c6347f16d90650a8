//! Features: what may vary, and the functions that build each way.

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
    /// The name by which operators know it.
    pub(crate) name: String,
    pub(crate) implementations: Vec<Implementation>,
    /// The position of the default.
    pub(crate) default: usize,
    /// The types named `Output`, of which there should be at most one.
    pub(crate) outputs: Vec<TraitItemType>,
    /// Members that a feature does not have.
    pub(crate) strangers: Vec<Member>,
}

/// What a feature is written as.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Trait,
    Boolean,
}

/// One of the ways in which a feature can be done.
pub(crate) struct Implementation {
    pub(crate) variant: Ident,
    /// The name by which operators know it.
    pub(crate) name: String,
    pub(crate) docs: Docs,
    /// When the implementation is there at all.
    pub(crate) cfgs: Vec<Attribute>,
    pub(crate) build: Build,
    /// The attributes `#[default]` and `#[name]`.
    pub(crate) marks: Vec<Attribute>,
}

/// How an implementation makes the feature's output.
pub(crate) enum Build {
    Call(Box<Function>),
    Constant(bool),
}

/// What a feature gives, and how that is made of what an implementation gives.
pub(crate) enum Output<'a> {
    /// Every implementation gives it.
    Same(&'a Type),
    /// `type Output = dyn T`: each implementation's own type goes into a box.
    Boxed(&'a Type),
    /// `type Output = T`: each implementation's own type is converted.
    Converted(&'a Type),
}

impl Feature {
    pub(crate) fn of_trait(attrs: Vec<Attribute>, settings: Settings, item: Trait) -> Self {
        let (mut implementations, mut outputs, mut strangers) = (Vec::new(), Vec::new(), Vec::new());
        for member in item.members {
            match member {
                Member::Function(function) => implementations.push(Implementation::of(function)),
                Member::Type(output) if output.ident == "Output" => outputs.push(output),
                other => strangers.push(other),
            }
        }
        let marked = |implementation: &Implementation| implementation.defaults().next().is_some();
        Self {
            form: Form::Trait,
            docs: Docs::of(&attrs),
            attrs,
            vis: item.vis,
            name: settings.name(&item.ident),
            ident: item.ident,
            header: item.header,
            settings,
            default: implementations.iter().position(marked).unwrap_or(0),
            implementations,
            outputs,
            strangers,
        }
    }

    pub(crate) fn of_function(attrs: Vec<Attribute>, settings: Settings, mut function: Function) -> Self {
        let ident = function.signature.ident.clone();
        let (attrs, of_body) = attrs.into_iter().partition::<Vec<_>, _>(is_about_handle);
        function.attrs = of_body.into_iter().chain(attrs.iter().filter(|attr| is_lint_level(attr)).cloned()).collect();
        let vis = std::mem::replace(&mut function.vis, Visibility::Inherited);
        function.signature.ident = format_ident!("__body", span = ident.span());
        let fixed = |variant: &str, name: &str, doc: &str, build| Implementation {
            variant: Ident::new(variant, ident.span()),
            name: name.to_owned(),
            docs: Docs::of(&[parse_quote!(#[doc = #doc])]),
            cfgs: Vec::new(),
            build,
            marks: Vec::new(),
        };
        Self {
            form: Form::Boolean,
            docs: Docs::of(&attrs),
            implementations: vec![
                fixed("Enabled", "enabled", "On.", Build::Constant(true)),
                fixed("Default", "default", "What the code says.", Build::Call(Box::new(function))),
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
            strangers: Vec::new(),
        }
    }

    /// The default; none only where there is no implementation at all.
    pub(crate) fn default(&self) -> Option<&Implementation> {
        self.implementations.get(self.default)
    }

    /// The levels of lints for everything in which the handle or the user's types are named.
    pub(crate) fn lint_levels(&self) -> Vec<Attribute> {
        lint_levels(&self.attrs)
    }

    /// The functions as written.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &Function> {
        self.implementations.iter().filter_map(Implementation::function)
    }

    /// The functions, to write them in another way.
    pub(crate) fn functions_mut(&mut self) -> impl Iterator<Item = &mut Function> {
        self.implementations.iter_mut().filter_map(|implementation| match &mut implementation.build {
            Build::Call(function) => Some(&mut **function),
            Build::Constant(_) => None,
        })
    }

    /// The function that says what the others take and give: the default's.
    pub(crate) fn exemplar(&self) -> Option<&Function> {
        self.default().and_then(Implementation::function)
    }

    /// The handle's parameters.
    pub(crate) fn inputs(&self) -> Vec<Input<'_>> {
        self.exemplar().map_or_else(Vec::new, |exemplar| Input::all(exemplar.parameters()))
    }

    pub(crate) fn is_async(&self) -> bool {
        self.exemplar().is_some_and(Function::is_async)
    }

    /// The handle's output; none where nothing says it.
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
    /// What a boolean's function gives to everyone: its whole body is `true` or `false`.
    pub(crate) fn constant(&self) -> Option<bool> {
        let body = self.function()?.body.as_ref()?;
        syn::parse2::<syn::LitBool>(body.stream()).ok().map(|literal| literal.value)
    }

    fn of(mut function: Function) -> Self {
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
            docs: Docs::of(&function.attrs),
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

    /// The attributes `#[default]`.
    pub(crate) fn defaults(&self) -> impl Iterator<Item = &Attribute> {
        self.marks.iter().filter(|attr| is(attr, &["default"]))
    }

    /// The attributes `#[name = "…"]`.
    pub(crate) fn names(&self) -> impl Iterator<Item = &Attribute> {
        self.marks.iter().filter(|attr| is(attr, &["name"]))
    }
}

impl Output<'_> {
    /// The type, without the box that it comes in.
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
