//! The user's functions, and the `match` that calls the chosen one.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;

use super::parameters::Parameters;
use crate::model::{Build, Feature, Implementation, Input, Output};
use crate::parse::{Function, same};

/// Generates the user's functions, as written and private.
pub(super) fn implementations(feature: &Feature) -> TokenStream {
    let ident = &feature.ident;
    let levels = feature.lint_levels();
    let functions = feature.functions().map(Function::without_deprecation);
    // These lints would object to parts of a signature that an implementation needs only because the others do.
    quote! {
        #(#levels)*
        #[allow(
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

/// Generates the function that builds the chosen implementation.
pub(super) fn build(feature: &Feature, inputs: &[Input<'_>]) -> TokenStream {
    let parameters = Parameters::passed_on(inputs);
    let (declared, output, arms) = (parameters.declared(), feature.output(), arms(feature, &parameters.names()));
    quote! {
        #[inline]
        fn __build(self, #declared) -> #output {
            match self { #arms }
        }
    }
}

/// Generates the arms of a `match` on the chosen implementation.
pub(super) fn arms(feature: &Feature, arguments: &[&Ident]) -> TokenStream {
    let arms = feature.implementations.iter().map(|Implementation { variant, cfgs, build, .. }| {
        let value = match build {
            Build::Constant(value) => value.to_token_stream(),
            Build::Call(function) => call(function, arguments, feature.output()),
        };
        quote!(#(#cfgs)* Self::#variant => #value,)
    });
    arms.collect()
}

/// Generates the call of an implementation. A missing trait of its type is reported where that type is written.
fn call(function: &Function, arguments: &[&Ident], output: Option<Output<'_>>) -> TokenStream {
    let name = &function.signature.ident;
    let wait = function.is_async().then(|| quote!(.await));
    let place = Span::call_site().located_at(function.output().span());
    let call = quote_spanned!(place=> Self::#name(#(#arguments),*) #wait);
    match output {
        Some(Output::Boxed(_)) => quote_spanned!(place=> ::std::boxed::Box::new(#call)),
        Some(Output::Converted(ty)) if !function.output().is_some_and(|given| same(given, ty)) => {
            quote_spanned!(place=> ::core::convert::Into::into(#call))
        }
        _ => call,
    }
}
