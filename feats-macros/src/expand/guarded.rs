//! Functions that run only if a condition holds.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, GenericArgument, PathArguments, ReturnType, Signature, Type, parse_quote};

use super::paths::Paths;
use crate::model::{Condition, Guarded, hidden_name, is_unnamed, rebuilt};
use crate::parse::Function;

/// Generates the function with its condition.
pub(crate) fn guarded(guarded: &Guarded) -> TokenStream {
    let paths = Paths::find(&guarded.guard);
    let condition = guarded.condition().map(|condition| holds(&condition, guarded, &paths));
    let body = body(guarded, &paths);
    let body = match (&guarded.otherwise(), condition) {
        (Some(otherwise), Some(condition)) => {
            let call = call(otherwise, guarded);
            // Code after a call that never returns would be unreachable.
            let leave = (!guarded.never_returns()).then(|| quote!(return));
            // A parameter that only `otherwise` uses may have a name that starts with an underscore.
            quote! {
                #[allow(clippy::used_underscore_binding)]
                if #condition {} else { #leave #call; }
                #body
            }
        }
        (None, Some(condition)) => {
            quote!(if #condition { #body } else { ::core::option::Option::None })
        }
        (_, None) => body,
    };
    function(guarded, &body)
}

/// Generates the function without its condition, for a fallback.
pub(crate) fn unguarded(guarded: &Guarded) -> TokenStream {
    function(guarded, &body(guarded, &Paths::find(&guarded.guard)))
}

fn function(guarded: &Guarded, body: &TokenStream) -> TokenStream {
    let Guarded { attrs, function, inner_attrs, .. } = guarded;
    let Function { vis, signature, .. } = function;
    let mut signature = signature.clone();
    if guarded.returns_option() {
        let ty = output(&signature);
        signature.output = parse_quote!(-> ::core::option::Option<#ty>);
    } else {
        name_all(&mut signature);
    }
    let body = function.body.as_ref().map_or_else(|| quote!(;), |_| quote!({ #(#inner_attrs)* #body }));
    quote!(#(#attrs)* #vis #signature #body)
}

/// Generates the expression that is true if the condition holds.
fn holds(condition: &Condition, guarded: &Guarded, Paths { feats, private }: &Paths) -> TokenStream {
    match condition {
        Condition::Feature(path, inputs) => {
            let place = Span::call_site().located_at(path.span());
            let (name, wait) = match guarded.function.is_async() {
                true => ("is_enabled_async", Some(quote_spanned!(place=> .await))),
                false => ("is_enabled", None),
            };
            let name = Ident::new(name, place);
            // Through the trait, the only error for another type is that it is not a boolean feature.
            quote_spanned!(place=> <<#path as #private::BooleanFeature>::Handle>::#name(#inputs) #wait)
        }
        Condition::Flag(name) => {
            let attributes = match guarded.attributes() {
                Some(attributes) => {
                    quote_spanned!(Span::call_site().located_at(attributes.span())=> &(#attributes))
                }
                None => quote!(&#feats::Attributes::new()),
            };
            quote!(#private::is_flag_enabled(#name, #attributes))
        }
        Condition::Other(expr) => expr.to_token_stream(),
    }
}

/// Generates the call of the function that replaces the body, with the same arguments.
fn call(otherwise: &impl ToTokens, Guarded { function, .. }: &Guarded) -> TokenStream {
    let arguments = function.signature.inputs.iter().enumerate().map(|(position, input)| match input {
        FnArg::Receiver(receiver) => receiver.self_token.to_token_stream(),
        FnArg::Typed(parameter) if is_unnamed(parameter) => hidden_name(position).to_token_stream(),
        FnArg::Typed(parameter) => rebuilt(&parameter.pat).unwrap_or_else(ToTokens::to_token_stream),
    });
    let place = Span::call_site().located_at(otherwise.span());
    let wait = function.is_async().then(|| quote_spanned!(place=> .await));
    quote_spanned!(place=> #otherwise(#(#arguments),*) #wait)
}

/// Generates the body as written, or an expression that wraps its value in `Some`.
///
/// `return` and `?` end only the body, which is a closure or a future for that reason.
fn body(guarded: &Guarded, Paths { private, .. }: &Paths) -> TokenStream {
    let Function { signature, body, .. } = &guarded.function;
    let Some(body) = body else { return TokenStream::new() };
    // In a block of its own, because items in the body do not apply to the condition.
    let statements = body.stream();
    let block = quote!({ #statements });
    if !guarded.returns_option() {
        return block;
    }
    let ty = inferred(&output(signature));
    if guarded.function.is_async() {
        // The first `return` of a future determines its type.
        let output = Ident::new("__output", Span::mixed_site());
        let typed = quote! {
            if let ::core::option::Option::Some(#output) = ::core::option::Option::None::<#ty> { return #output; }
        };
        quote!(::core::option::Option::Some(async move { #typed #block }.await))
    } else {
        quote!(::core::option::Option::Some(#private::call(move || -> #ty #block)))
    }
}

/// Names the parameters `_`, so that they can be passed on.
fn name_all(signature: &mut Signature) {
    for (position, input) in signature.inputs.iter_mut().enumerate() {
        if let FnArg::Typed(parameter) = input
            && is_unnamed(parameter)
        {
            let name = hidden_name(position);
            *parameter.pat = parse_quote!(#name);
        }
    }
}

fn output(signature: &Signature) -> Type {
    match &signature.output {
        ReturnType::Type(_, ty) => (**ty).clone(),
        ReturnType::Default => parse_quote!(()),
    }
}

/// Returns the type as a closure can write it: with `_` for `impl Trait`.
fn inferred(ty: &Type) -> Type {
    let mut ty = ty.clone();
    infer(&mut ty);
    ty
}

fn infer(ty: &mut Type) {
    match ty {
        Type::ImplTrait(_) => *ty = parse_quote!(_),
        Type::Group(group) => infer(&mut group.elem),
        Type::Paren(paren) => infer(&mut paren.elem),
        Type::Reference(reference) => infer(&mut reference.elem),
        Type::Array(array) => infer(&mut array.elem),
        Type::Tuple(tuple) => tuple.elems.iter_mut().for_each(infer),
        Type::Path(path) => {
            for segment in &mut path.path.segments {
                if let PathArguments::AngleBracketed(arguments) = &mut segment.arguments {
                    for argument in &mut arguments.args {
                        if let GenericArgument::Type(ty) = argument {
                            infer(ty);
                        }
                    }
                }
            }
        }
        _ => {}
    }
}
