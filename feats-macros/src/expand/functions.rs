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
    /// What the body would be if the function were never called.
    stub: Stub,
    doc: &'static str,
    attr: TokenStream,
    vis: &'a Visibility,
    is_async: bool,
    /// What follows the name: `(user: &User) -> Self`
    signature: TokenStream,
}

#[derive(Clone, Copy)]
enum Stub {
    /// A body of any type.
    Never,
    /// A body that is a future of any type.
    Pending,
}

/// The functions that users call, and what they have in common.
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

/// All functions of the handle, for these inputs and this output.
pub(crate) fn handle_functions<'a>(
    feature: &'a Feature,
    inputs: &'a [Input<'a>],
    output: Option<Output<'_>>,
    paths: &'a Paths,
) -> Vec<HandleFunction<'a>> {
    let (owned, borrowed) = (Parameters::passed_on(inputs), Parameters::borrowed(inputs));
    let is_borrowing = output.as_ref().is_some_and(|output| is_borrowing(output.ty()));
    let writer = Writer { feature, owned, borrowed, output: output.to_token_stream(), is_borrowing, paths };
    let mut functions = Vec::with_capacity(6);
    if feature.is_async() {
        functions.push(writer.create_awaiting());
    } else {
        functions.extend([writer.create(), writer.create_async()]);
    }
    functions.extend([
        writer.find_implementation(),
        writer.find_implementation_async(),
        writer.used_implementation(),
        writer.explain(),
    ]);
    functions
}

/// What the functions are written from.
struct Writer<'a> {
    feature: &'a Feature,
    owned: Parameters<'a>,
    borrowed: Parameters<'a>,
    output: TokenStream,
    is_borrowing: bool,
    paths: &'a Paths,
}

impl<'a> Writer<'a> {
    fn create(&self) -> HandleFunction<'a> {
        let (private, names) = (&self.paths.private, self.owned.names());
        let (name, doc) = match self.feature.form {
            Form::Trait => (
                "create",
                "Chooses an implementation, records its use, and builds it. An experiment may have to look up what a unit used \
                 before: that blocks the thread for at most the app's `lookup_timeout`. In async code write `create_async`.",
            ),
            Form::Boolean => (
                "is_enabled",
                "Chooses whether this is on, and records that. An experiment may have to look up what a unit was given before: \
                 that blocks the thread for at most the app's `lookup_timeout`. In async code write `is_enabled_async`.",
            ),
        };
        let (parameters, output, seen) = (self.owned.declared(), &self.output, self.owned.seen(private));
        let body = quote!(#private::create::<Self>(#seen).__build(#(#names),*));
        HandleFunction { attr: quote!(#[inline]), ..self.function(doc, name, quote!((#parameters) -> #output), body) }
    }

    /// `create` where the implementations are asynchronous.
    fn create_awaiting(&self) -> HandleFunction<'a> {
        let (private, seen) = (&self.paths.private, self.owned.seen(&self.paths.private));
        let (arms, choosing) = (arms(self.feature, &self.owned.names()), own("choosing"));
        // Inputs cannot move to another thread: the statement that uses them ends before the future waits.
        let body = quote! {
            let #choosing = #private::begin_create::<Self>(#seen);
            match #choosing.await { #arms }
        };
        let doc = "Chooses an implementation, records its use, and builds it. Blocks no thread.";
        HandleFunction { is_async: true, attr: TokenStream::new(), doc, body, ..self.create() }
    }

    fn create_async(&self) -> HandleFunction<'a> {
        let (private, names, chosen) = (&self.paths.private, self.owned.names(), own("chosen"));
        let (name, doc) = match self.feature.form {
            Form::Trait => ("create_async", "Like `create`, but awaits where `create` would wait."),
            Form::Boolean => ("is_enabled_async", "Like `is_enabled`, but awaits where `is_enabled` would wait."),
        };
        let kept = self.owned.kept(private);
        let body = quote! {
            #private::create_async(#kept, |#chosen: Self, #kept| #chosen.__build(#(#names),*))
        };
        let function = self.function(doc, name, self.owned.of_future(&self.output, self.is_borrowing), body);
        HandleFunction { stub: Stub::Pending, ..function }
    }

    fn find_implementation(&self) -> HandleFunction<'a> {
        let private = &self.paths.private;
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.seen(private));
        let doc = "Chooses an implementation and records nothing. Like `create`, it may block the thread for a look-up: in async \
                   code write `find_implementation_async`.";
        let body = quote!(#private::find::<Self>(#seen));
        let function = self.function(doc, "find_implementation", quote!((#parameters) -> Self), body);
        HandleFunction { attr: quote!(#[inline] #[must_use]), ..function }
    }

    fn find_implementation_async(&self) -> HandleFunction<'a> {
        let (private, kept) = (&self.paths.private, self.borrowed.kept(&self.paths.private));
        let doc = "Like `find_implementation`, but awaits where `create` would wait.";
        let body = quote!(#private::find_async::<Self>(#kept));
        let signature = self.borrowed.of_future(&quote!(Self), false);
        let function = self.function(doc, "find_implementation_async", signature, body);
        HandleFunction { stub: Stub::Pending, ..function }
    }

    fn used_implementation(&self) -> HandleFunction<'a> {
        let (private, implementation) = (&self.paths.private, own("implementation"));
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.seen(private));
        let doc = "Records that an implementation, chosen before, was used.";
        let body = quote!(#private::used::<Self>(#implementation, #seen));
        self.function(doc, "used_implementation", quote!((#implementation: Self, #parameters)), body)
    }

    fn explain(&self) -> HandleFunction<'a> {
        let Paths { feats, private } = self.paths;
        let (parameters, seen) = (self.borrowed.declared(), self.borrowed.seen(private));
        let doc = "Chooses an implementation, says why, and records nothing.";
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
    /// The same function for a handle that is never used.
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
        // A signature is generated where its first and its last token are. Those of a `macro_rules!` are neither, so it ends
        // with a token of its own.
        tokens.extend(quote!(#[doc = #doc] #attr #vis #asyncness fn #name #signature where { #body }));
    }
}

/// The place of a name, as code that the compiler knows to be generated: it reports such a function neither as unused nor for
/// its style, and users need no `allow`, which a `forbid` of theirs would refuse.
fn generated_at(name: &Ident) -> Span {
    Span::call_site().located_at(name.span())
}

/// A visibility at its place, as generated code.
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

/// A variable of the macro's own. Its name is hygienic: an input may be called the same. The underscores keep it from being a
/// static or constant of the user's, of which hygiene knows nothing.
fn own(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}
