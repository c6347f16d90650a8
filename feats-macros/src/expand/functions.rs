//! The functions of a feature's handle, and the user's functions behind them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Visibility;
use syn::spanned::Spanned;

use super::paths::Paths;
use crate::model::{Build, Feature, Form, Implementation, Input, Output, Passing, is_lint_level};
use crate::parse::Function;

/// A function of the handle.
pub(crate) struct HandleFunction<'a> {
    pub(crate) vis: &'a Visibility,
    pub(crate) is_async: bool,
    pub(crate) name: Ident,
    pub(crate) parameters: TokenStream,
    pub(crate) output: TokenStream,
    pub(crate) body: TokenStream,
    doc: &'static str,
    attr: TokenStream,
}

/// The user's functions, as written and private.
pub(crate) fn implementations(feature: &Feature) -> TokenStream {
    let ident = &feature.ident;
    let levels = feature.attrs.iter().filter(|attr| is_lint_level(attr));
    let functions = feature.functions();
    // The lints of clippy are those against what an implementation shares with the others, needed by it or not.
    quote! {
        #(#levels)*
        #[allow(
            dead_code,
            clippy::missing_const_for_fn,
            clippy::needless_pass_by_value,
            clippy::new_ret_no_self,
            clippy::ptr_arg,
            clippy::trivially_copy_pass_by_ref,
            clippy::unnecessary_wraps,
            clippy::unused_async,
            clippy::unused_unit
        )]
        impl #ident { #(#functions)* }
    }
}

/// The functions that users call.
pub(crate) fn inherent(feature: &Feature, functions: &[HandleFunction<'_>]) -> TokenStream {
    let ident = &feature.ident;
    let build = (!feature.is_async()).then(|| build(feature));
    quote! {
        #[allow(dead_code, deprecated, private_interfaces, clippy::unused_unit)]
        impl #ident { #build #(#functions)* }
    }
}

/// All functions of the handle, for these inputs and this output.
pub(crate) fn handle_functions<'a>(
    feature: &'a Feature,
    inputs: &[Input<'_>],
    output: Option<Output<'_>>,
    Paths { feats, private }: &Paths,
) -> Vec<HandleFunction<'a>> {
    let function = |doc, is_async, name: &str, parameters, output, body| HandleFunction {
        vis: &feature.vis,
        is_async,
        name: Ident::new(name, feature.ident.span()),
        parameters,
        output,
        body,
        doc,
        attr: TokenStream::new(),
    };
    let (create, create_async, doc, doc_async) = match feature.form {
        Form::Trait => (
            "create",
            "create_async",
            "Chooses an implementation, records its use, and builds it.",
            "Like `create`, but awaits where `create` would wait.",
        ),
        Form::Boolean => (
            "is_enabled",
            "is_enabled_async",
            "Chooses whether this is on, and records it.",
            "Like `is_enabled`, but awaits where `is_enabled` would wait.",
        ),
    };
    let (by_value, by_reference) = (parameters(inputs, false), parameters(inputs, true));
    let (own, borrowed) = (subjects(inputs, false, private), subjects(inputs, true, private));
    let (arguments, output) = (inputs.iter().map(|input| &input.name), output.to_token_stream());
    let arguments = quote!(#(#arguments),*);
    // The names of what is ours are hygienic: an input may be called the same.
    let choosing = Ident::new("choosing", Span::mixed_site());
    let chosen = Ident::new("implementation", Span::mixed_site());

    let mut functions = Vec::with_capacity(6);
    let begin = quote!(let #choosing = #private::begin_create::<Self>(#own););
    if feature.is_async() {
        let arms = arms(feature);
        let body = quote!(#begin match #choosing.await { #arms });
        functions.push(function(doc, true, create, by_value, output, body));
    } else {
        let body = quote!(#private::create::<Self>(#own).__build(#arguments));
        functions.push(function(doc, false, create, by_value.clone(), output.clone(), body).inlined());
        let body = quote!(#begin #choosing.await.__build(#arguments));
        functions.push(function(doc_async, true, create_async, by_value, output, body));
    }
    let find = quote!(#private::find::<Self>(#borrowed));
    let find_async = quote! {
        let #choosing = #private::begin_find::<Self>(#borrowed);
        #choosing.await
    };
    let used = quote!(#private::used::<Self>(#chosen, #borrowed));
    let explain = quote!(#private::explain::<Self>(#borrowed));
    functions.extend([
        function(
            "Chooses an implementation and records nothing.",
            false,
            "find_implementation",
            by_reference.clone(),
            quote!(Self),
            find,
        )
        .inlined()
        .must_use(),
        function(
            "Like `find_implementation`, but awaits where `create` would wait.",
            true,
            "find_implementation_async",
            by_reference.clone(),
            quote!(Self),
            find_async,
        ),
        function(
            "Records that an implementation chosen before was used.",
            false,
            "used_implementation",
            quote!(#chosen: Self, #by_reference),
            quote!(()),
            used,
        ),
        function(
            "Chooses an implementation, says why, and records nothing.",
            false,
            "explain",
            by_reference,
            quote!(#feats::Decision<Self>),
            explain,
        )
        .must_use(),
    ]);
    functions
}

impl HandleFunction<'_> {
    fn inlined(mut self) -> Self {
        self.attr.extend(quote!(#[inline]));
        self
    }

    fn must_use(mut self) -> Self {
        self.attr.extend(quote!(#[must_use]));
        self
    }
}

impl ToTokens for HandleFunction<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { vis, is_async, name, parameters, output, body, doc, attr } = self;
        let asyncness = is_async.then(|| quote!(async));
        tokens.extend(quote!(#[doc = #doc] #attr #vis #asyncness fn #name(#parameters) -> #output { #body }));
    }
}

/// From the choice to what it gives.
fn build(feature: &Feature) -> TokenStream {
    let (parameters, output, arms) = (parameters(&feature.inputs(), false), feature.output(), arms(feature));
    quote! {
        #[inline]
        fn __build(self, #parameters) -> #output {
            match self { #arms }
        }
    }
}

fn arms(feature: &Feature) -> TokenStream {
    let inputs = feature.inputs();
    let arguments: Vec<&Ident> = inputs.iter().map(|input| &input.name).collect();
    let arms = feature.implementations.iter().map(|Implementation { variant, cfgs, build, .. }| {
        let value = match build {
            Build::Constant(value) => value.to_token_stream(),
            Build::Call(function) => call(function, &arguments, feature.output()),
        };
        quote!(#(#cfgs)* Self::#variant => #value,)
    });
    arms.collect()
}

/// The call of an implementation's function. What its type lacks is reported where that type is written.
fn call(function: &Function, arguments: &[&Ident], output: Option<Output<'_>>) -> TokenStream {
    let name = &function.signature.ident;
    let wait = function.is_async().then(|| quote!(.await));
    let call = quote!(Self::#name(#(#arguments),*) #wait);
    let place = Span::call_site().located_at(function.output().span());
    match output {
        Some(Output::Boxed(_)) => quote_spanned!(place=> ::std::boxed::Box::new(#call)),
        Some(Output::Converted(ty)) if function.output() != Some(ty) => {
            quote_spanned!(place=> ::core::convert::Into::into(#call))
        }
        _ => call,
    }
}

/// The handle's parameters; `by_reference` where it keeps nothing of what an implementation would take.
fn parameters(inputs: &[Input<'_>], by_reference: bool) -> TokenStream {
    let parameters = inputs.iter().map(|input| {
        let Input { name, ty } = input;
        let reference = (by_reference && matches!(input.passing(), Passing::Value(_))).then(|| quote!(&));
        quote!(#name: #reference #ty)
    });
    quote!(#(#parameters),*)
}

/// The inputs as the engine sees them.
fn subjects(inputs: &[Input<'_>], by_reference: bool, private: &TokenStream) -> TokenStream {
    let subjects = inputs.iter().map(|input| {
        let name = &input.name;
        match input.passing() {
            Passing::Text => quote!(#private::Input::Text(#name)),
            Passing::Value(_) if !by_reference => quote!(#private::Input::of(&#name)),
            Passing::Value(_) | Passing::Reference(_) => quote!(#private::Input::of(#name)),
        }
    });
    quote!(&[#(#subjects),*])
}
