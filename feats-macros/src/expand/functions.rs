//! The functions of a feature's handle.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::Visibility;

use super::build::{arms, build};
use super::parameters::Parameters;
use super::paths::Paths;
use crate::check::is_borrowing;
use crate::model::{Feature, Form, Input, Output};

/// A function of the handle.
pub(crate) struct HandleFunction<'a> {
    pub(crate) name: Ident,
    body: TokenStream,
    /// The body in a fallback, which is never called.
    stub: Stub,
    doc: &'static str,
    attr: TokenStream,
    vis: &'a Visibility,
    is_async: bool,
    /// The signature after the name, such as `(user: &User) -> Self`.
    signature: TokenStream,
}

#[derive(Clone, Copy)]
enum Stub {
    /// A body of any type.
    Never,
    /// A body that is a future of any type.
    Pending,
}

/// Generates the functions that users call, and the function that builds the chosen implementation.
pub(super) fn inherent(feature: &Feature, inputs: &[Input<'_>], paths: &Paths) -> TokenStream {
    let (ident, levels) = (&feature.ident, feature.lint_levels());
    let build = (!feature.is_async()).then(|| build(feature, inputs));
    let functions = handle_functions(feature, inputs, feature.output(), paths);
    quote! {
        #(#levels)*
        #[allow(
            clippy::ptr_arg,
            clippy::too_many_arguments,
            clippy::unused_unit
        )]
        impl #ident { #build #(#functions)* }
    }
}

/// Generates all functions of the handle for the given inputs and output.
pub(crate) fn handle_functions<'a>(
    feature: &'a Feature,
    inputs: &'a [Input<'a>],
    output: Option<Output<'_>>,
    paths: &'a Paths,
) -> Vec<HandleFunction<'a>> {
    let (owned, borrowed) = (Parameters::passed_on(inputs), Parameters::borrowed(inputs));
    let is_borrowing = output.as_ref().is_some_and(|output| is_borrowing(output.ty()));
    let generator = Generator { feature, owned, borrowed, output: output.to_token_stream(), is_borrowing, paths };
    let mut functions = Vec::with_capacity(6);
    if feature.is_async() {
        functions.push(generator.create_awaiting());
        functions.extend((feature.form == Form::Boolean).then(|| generator.awaiting_alias()));
    } else {
        functions.extend([generator.create(), generator.create_async()]);
    }
    functions.extend([
        generator.find_implementation(),
        generator.find_implementation_async(),
        generator.used_implementation(),
        generator.explain(),
    ]);
    functions
}

/// The context for generating the functions.
struct Generator<'a> {
    feature: &'a Feature,
    owned: Parameters<'a>,
    borrowed: Parameters<'a>,
    output: TokenStream,
    is_borrowing: bool,
    paths: &'a Paths,
}

impl<'a> Generator<'a> {
    fn create(&self) -> HandleFunction<'a> {
        let (private, names) = (&self.paths.private, self.owned.names());
        let (name, doc) = match self.feature.form {
            Form::Trait => (
                "create",
                "Chooses an implementation, records its use, and builds it. May block the thread while an experiment looks up an \
                 earlier assignment, for at most the app's `lookup_timeout`. In async code, use `create_async`.",
            ),
            Form::Boolean => (
                "is_enabled",
                "Returns `true` if this is enabled, and records the use. May block the thread while an experiment looks up an \
                 earlier assignment, for at most the app's `lookup_timeout`. In async code, use `is_enabled_async`.",
            ),
        };
        let (parameters, output, seen) = (self.owned.declared(), &self.output, self.owned.as_engine_inputs(private));
        let body = quote!(#private::create::<Self>(#seen).__build(#(#names),*));
        HandleFunction { attr: quote!(#[inline]), ..self.function(doc, name, quote!((#parameters) -> #output), body) }
    }

    /// Generates `create` for asynchronous implementations.
    fn create_awaiting(&self) -> HandleFunction<'a> {
        let (private, seen) = (&self.paths.private, self.owned.as_engine_inputs(&self.paths.private));
        let (arms, choosing) = (arms(self.feature, &self.owned.names()), local("choosing"));
        // Inputs may not be `Send`: the statement that uses them ends before the future awaits.
        let body = quote! {
            let #choosing = #private::begin_create::<Self>(#seen);
            match #choosing.await { #arms }
        };
        let doc = "Chooses an implementation, records its use, and builds it. Does not block the thread.";
        HandleFunction { is_async: true, attr: TokenStream::new(), doc, body, ..self.create() }
    }

    /// Generates the other name of an async `is_enabled`. A caller that knows only the path of a boolean can await this one.
    fn awaiting_alias(&self) -> HandleFunction<'a> {
        let (function, names) = (self.create_awaiting(), self.owned.names());
        let name = Ident::new("is_enabled_async", function.name.span());
        HandleFunction {
            name,
            attr: quote!(#[doc(hidden)]),
            body: quote!(Self::is_enabled(#(#names),*).await),
            ..function
        }
    }

    fn create_async(&self) -> HandleFunction<'a> {
        let (private, names, chosen) = (&self.paths.private, self.owned.names(), local("chosen"));
        let (name, doc) = match self.feature.form {
            Form::Trait => ("create_async", "Like `create`, but awaits instead of blocking the thread."),
            Form::Boolean => ("is_enabled_async", "Like `is_enabled`, but awaits instead of blocking the thread."),
        };
        let kept = self.owned.as_future_inputs(private);
        let body = quote! {
            #private::create_async(#kept, |#chosen: Self, #kept| #chosen.__build(#(#names),*))
        };
        let function = self.function(doc, name, self.owned.async_signature(&self.output, self.is_borrowing), body);
        HandleFunction { stub: Stub::Pending, ..function }
    }

    fn find_implementation(&self) -> HandleFunction<'a> {
        let private = &self.paths.private;
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.as_engine_inputs(private));
        let doc = "Chooses an implementation without recording its use. Like `create`, it may block the thread for a look-up. In \
                   async code, use `find_implementation_async`.";
        let body = quote!(#private::find::<Self>(#seen));
        let function = self.function(doc, "find_implementation", quote!((#parameters) -> Self), body);
        HandleFunction { attr: quote!(#[inline] #[must_use]), ..function }
    }

    fn find_implementation_async(&self) -> HandleFunction<'a> {
        let (private, kept) = (&self.paths.private, self.borrowed.as_future_inputs(&self.paths.private));
        let doc = "Like `find_implementation`, but awaits instead of blocking the thread.";
        let body = quote!(#private::find_async::<Self>(#kept));
        let signature = self.borrowed.async_signature(&quote!(Self), false);
        let function = self.function(doc, "find_implementation_async", signature, body);
        HandleFunction { stub: Stub::Pending, ..function }
    }

    fn used_implementation(&self) -> HandleFunction<'a> {
        let (private, implementation) = (&self.paths.private, local("implementation"));
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.as_engine_inputs(private));
        let doc = "Records the use of an implementation that was chosen before.";
        let body = quote!(#private::used::<Self>(#implementation, #seen));
        self.function(doc, "used_implementation", quote!((#implementation: Self, #parameters)), body)
    }

    fn explain(&self) -> HandleFunction<'a> {
        let Paths { feats, private } = self.paths;
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.as_engine_inputs(private));
        let doc = "Chooses an implementation and returns the reason, without recording its use.";
        let body = quote!(#private::explain::<Self>(#seen));
        let function = self.function(doc, "explain", quote!((#parameters) -> #feats::Decision<Self>), body);
        HandleFunction { attr: quote!(#[must_use]), ..function }
    }

    fn function(&self, doc: &'static str, name: &str, signature: TokenStream, body: TokenStream) -> HandleFunction<'a> {
        HandleFunction {
            name: Ident::new(name, generated_at(&self.feature.ident)),
            body,
            stub: Stub::Never,
            doc,
            attr: TokenStream::new(),
            vis: &self.feature.vis,
            is_async: false,
            signature,
        }
    }
}

impl HandleFunction<'_> {
    /// Replaces the body, for a fallback.
    pub(crate) fn stub(mut self) -> Self {
        self.body = match self.stub {
            Stub::Never => quote!(loop {}),
            Stub::Pending => quote!(::core::future::pending()),
        };
        self
    }
}

impl ToTokens for HandleFunction<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { name, body, doc, attr, vis, is_async, signature, .. } = self;
        let (vis, asyncness) = (generated_vis(vis), is_async.then(|| quote!(async)));
        // The compiler treats a signature as generated if its first and its last token are. The tokens of a `macro_rules!` are
        // not, so the signature ends with a generated one.
        tokens.extend(quote!(#[doc = #doc] #attr #vis #asyncness fn #name #signature where { #body }));
    }
}

/// Returns the span of a name, marked as generated. The compiler does not report generated functions as unused or for their
/// style, so users need no `allow`, which their `forbid` would refuse.
fn generated_at(name: &Ident) -> Span {
    Span::call_site().located_at(name.span())
}

/// Returns a visibility with its span marked as generated.
fn generated_vis(vis: &Visibility) -> Visibility {
    let mut vis = vis.clone();
    match &mut vis {
        Visibility::Public(public) => public.span = Span::call_site().located_at(public.span),
        Visibility::Restricted(restricted) => {
            restricted.pub_token.span = Span::call_site().located_at(restricted.pub_token.span);
        }
        Visibility::Inherited => {}
    }
    vis
}

/// Returns the name of a local variable of generated code. It is hygienic, so an input may have the same name. The underscores
/// keep it from matching a static or constant of the user, to which hygiene does not apply.
fn local(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}
