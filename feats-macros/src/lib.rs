//! The entry points of the attribute macros. Programs use them as `feats::feature`, `feats::boolean`, `feats::segment` and
//! `feats::when_enabled`.
//!
//! Each macro goes through the same stages: parse, model, check, expand. If a rule is broken, it reports all mistakes at once
//! and expands to a fallback.

mod check;
mod errors;
mod expand;
mod fallback;
#[cfg(test)]
mod laws;
mod model;
mod parse;
mod stages;

use proc_macro::TokenStream;

/// Declares a feature: turns a trait with one function for each implementation into an enum of the same name, its *handle*.
///
/// Write `#[feats::feature]` with its path; a bare `#[feature]` is an attribute of the language.
///
/// ```
/// use feats::Feature;
///
/// pub struct User { pub id: u64 }
///
/// pub trait Processor { fn fee(&self) -> u32; }
/// pub struct Acme;
/// pub struct Premium { rate: u32 }
/// impl Processor for Acme { fn fee(&self) -> u32 { 2 } }
/// impl Processor for Premium { fn fee(&self) -> u32 { self.rate } }
///
/// /// Who charges the card.
/// #[feats::feature(kind = ops, owner = "payments")]
/// pub trait PaymentProcessor {
///     type Output = dyn Processor;
///
///     /// 2% + $0.30 a transaction
///     #[default]
///     fn acme(_user: &User) -> Acme { Acme }
///     /// 4% + $0.50 a transaction
///     fn premium(_user: &User) -> Premium { Premium { rate: 4 } }
/// }
///
/// let user = User { id: 1 };
/// assert_eq!(PaymentProcessor::create(&user).fee(), 2);
///
/// // The handle has a variant for each implementation, so a `match` on it is exhaustive.
/// let is_cheap = match PaymentProcessor::find_implementation(&user) {
///     PaymentProcessor::Acme => true,
///     PaymentProcessor::Premium => false,
/// };
/// assert!(is_cheap);
/// assert_eq!(PaymentProcessor::ALL, [PaymentProcessor::Acme, PaymentProcessor::Premium]);
/// assert_eq!("premium".parse(), Ok(PaymentProcessor::Premium));
/// ```
///
/// # The handle
///
/// | function | effect |
/// |---|---|
/// | `create(…)` | chooses an implementation, records its use, and calls it |
/// | `create_async(…)` | like `create`, for async code such as request handlers: awaits where `create` blocks its thread |
/// | `find_implementation(…)`, `find_implementation_async(…)` | choose an implementation and record nothing |
/// | `used_implementation(choice, …)` | records the use of an earlier choice |
/// | `explain(…)` | chooses an implementation and gives the reason |
///
/// `create` only computes, unless an experiment has to look up the unit's earlier use. Then it blocks its thread, which may be a
/// thread of an async runtime, for at most the app's `lookup_timeout`: once for a scope, and for each look-up outside of
/// scopes.
///
/// The handle implements `feats::Feature`, `Display`, `FromStr` and `AsRef<str>` with the names of the implementations, and
/// serde's `Serialize` and `Deserialize`. Derives on the trait apply to the handle: `#[derive(PartialOrd, Ord)]`.
///
/// # Implementations
///
/// All functions take the same inputs: none, or any number of `&T`, `&str`, and `T` without borrows. `create` moves an input by
/// value into the chosen implementation; the other functions borrow it. Exactly one function is the `#[default]`. With
/// `async fn`, `create` is async too and there is no `create_async`. `#[cfg(…)]` on a function also applies to its variant.
///
/// Shared state, such as a pool or a client, is another input: `services: &Services` or `services: Arc<Services>`. An input that
/// no segment accepts takes no part in decisions. The documentation of the crate shows how to choose without it.
///
/// # Output
///
/// | | an implementation returns | `create` returns |
/// |---|---|---|
/// | without `type Output` | the same type as all others | that type |
/// | `type Output = dyn Trait;` | a type of its own that implements the trait | `Box<dyn Trait>` |
/// | `type Output = Type;` | a type of its own that converts with `Into` | `Type` |
///
/// # Names
///
/// Operators know a feature by the name of its trait, and an implementation by the name of its function. The argument
/// `name = "…"`, and `#[name = "…"]` on a function, set another name, so that code can be renamed without a change for operators.
///
/// ```
/// # use feats::Feature;
/// #[feats::feature(name = "confirm-text")]
/// pub trait ButtonText {
///     #[default]
///     #[name = "submit"]
///     fn send() -> &'static str { "Send" }
///     fn save() -> &'static str { "Save" }
/// }
///
/// assert_eq!((ButtonText::NAME, ButtonText::Send.to_string()), ("confirm-text", "submit".to_owned()));
/// ```
///
/// # Arguments
///
/// All arguments are optional:
///
/// - `name = "…"`: the name for operators;
/// - `kind = release`, `experiment`, `ops` or `permission`: the purpose of the feature;
/// - `owner = "…"`: the person or team responsible for it;
/// - `expires = "2027-01-31"`: the last day before it is reported stale;
/// - `client`: remote clients may see its result;
/// - `crate = path`: the path of feats in a crate that does not depend on it directly, as in
///   `#[facade::feats::feature(crate = facade::feats)]`.
///
/// # Other attributes
///
/// `#[cfg_attr(unix, default)]` and `#[cfg_attr(unix, name = "…")]` work too. `#[derive(Default)]` makes the default
/// implementation the default of the type. Attribute macros for traits, such as `#[async_trait]`, do not apply.
///
/// # Examples in documentation
///
/// Since edition 2024 the examples of a crate run as one program, in which each feature name must be unique. Start an example
/// that declares features with ` ```standalone_crate `.
#[proc_macro_attribute]
pub fn feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::feature(arguments.into(), item.into()).into()
}

/// Declares a feature that is on or off: turns a function into a handle whose default calls the function.
///
/// The arguments, the inputs and the functions of the handle are those of [`feature`](macro@feature), with `is_enabled` in place
/// of `create`. The implementations are `enabled`, `default` and `disabled`.
///
/// ```
/// use feats::Feature;
///
/// pub struct User { pub age: u32 }
///
/// /// Turn off while under attack.
/// #[feats::boolean(kind = ops)]
/// pub fn ImageProcessing(user: &User) -> bool { user.age >= 18 }
///
/// assert!(ImageProcessing::is_enabled(&User { age: 30 }));
/// assert_eq!(ImageProcessing::DEFAULT, ImageProcessing::Default);
/// assert_eq!("disabled".parse(), Ok(ImageProcessing::Disabled));
/// ```
#[proc_macro_attribute]
pub fn boolean(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::boolean(arguments.into(), item.into()).into()
}

/// Declares a segment, a value that rules can use: a trait with a function for each type that the value is taken from.
///
/// ```
/// pub struct Address { pub country: String }
/// pub struct User { pub age: u8, pub address: Address, pub device: Option<String> }
///
/// /// ISO 3166-1 alpha-2 country code.
/// #[feats::segment]
/// pub trait Country {
///     fn user(user: &User) -> &str { Self::address(&user.address) }
///     fn address(address: &Address) -> &str { &address.country }
/// }
///
/// #[feats::segment(name = "age")]
/// pub trait AgeInYears {
///     fn user(user: &User) -> u8 { user.age }
/// }
///
/// /// The user's device, if known.
/// #[feats::segment]
/// pub trait Device {
///     const OPTIONS: &[&str] = &["ios", "android"];
///     fn user(user: &User) -> Option<&str> { user.device.as_deref() }
/// }
///
/// // The handle builds conditions.
/// let adults_in_canada = Country::is("CA").and(AgeInYears::gte(18));
/// let on_a_phone = Device::is_in(Device::OPTIONS.iter().copied());
/// ```
///
/// # Values
///
/// A function returns text (`&str`, `String`, `Cow<str>`), an integer of at most 64 bits, `f64`, `bool`, or an `Option` of one
/// of these; all functions of a segment return the same kind. `None` means that the subject has no value; no check of it
/// is true. The macro sees only the written type, so it cannot be an alias.
///
/// `const OPTIONS: &[&str]` restricts the texts that an operator can choose.
///
/// # Inputs
///
/// Each function takes one input: `&T`, `&str`, or a `T` that is `Copy`. No two functions take the same type. A segment
/// applies to the features that take one of these types.
///
/// # Arguments
///
/// `name = "…"` and `crate = path`, as for [`feature`](macro@feature).
#[proc_macro_attribute]
pub fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::segment(arguments.into(), item.into()).into()
}

/// Runs a function only when a boolean feature or a flag is enabled.
///
/// ```
/// pub struct User { pub id: u64, pub is_admin: bool }
///
/// #[feats::boolean]
/// pub fn ImageResizing(user: &User) -> bool { user.is_admin }
///
/// #[feats::when_enabled(ImageResizing(user), otherwise = plain_upload)]
/// fn fancy_upload(user: &User, file: &str) -> String { format!("{file} by {}, resized", user.id) }
///
/// fn plain_upload(user: &User, file: &str) -> String { format!("{file} by {}", user.id) }
///
/// assert_eq!(fancy_upload(&User { id: 1, is_admin: true }, "cat.png"), "cat.png by 1, resized");
/// assert_eq!(fancy_upload(&User { id: 2, is_admin: false }, "cat.png"), "cat.png by 2");
///
/// // A flag created at run time. Without `otherwise`, the function returns an `Option`.
/// #[feats::when_enabled("NEW_CHECKOUT", attributes = feats::attributes! { "user_id" => id })]
/// fn checkout(id: u64) -> String { format!("checkout of {id}") }
///
/// assert_eq!(checkout(1), None); // no app has started, so every flag is disabled
/// ```
///
/// # The condition
///
/// | condition | the function runs if |
/// |---|---|
/// | `Feature`, `path::to::Feature` | the boolean feature is enabled |
/// | `Feature(user, &order.country)` | the boolean feature is enabled for these inputs |
/// | `"FLAG"` | the flag is enabled for a subject without attributes |
/// | `"FLAG", attributes = …` | the flag is enabled for these `Attributes`, which may be a reference |
///
/// Each call decides, and records the use. The app of the current scope decides, else the app of the process. A flag that does not
/// exist is disabled.
///
/// Inputs and attributes are any expressions. They see the parameters and `self`, and should borrow them: a parameter that they move
/// is not there for the body. In an `async fn` they may `.await`, and the decision of a feature awaits instead of blocking the
/// thread. A feature declared with `async fn` needs an `async fn` here, too.
///
/// # If the condition does not hold
///
/// With `otherwise = path`, the call goes to that function, with the same arguments. It takes and returns the same types, and it
/// is async if this function is. It returns the same type also where that is written as `impl Trait`: name the type, or use
/// `Box<dyn Trait>`.
///
/// Without `otherwise`, the function returns `None`, and `Some` of what its body returns if the condition holds. `return` and `?`
/// in the body stay as they are: `-> Result<u32, Error>` becomes `-> Option<Result<u32, Error>>`. If the body returns a closure as
/// `impl Fn`, write the types of its parameters.
///
/// # Methods and handlers
///
/// The attribute applies to free functions, associated functions and methods, also generic ones, and keeps their names, documentation
/// and other attributes. A method passes on `self` as the first argument. The method of a trait's `impl` has the signature of the
/// trait, so give it `otherwise`.
///
/// ```
/// struct Cart { prices: Vec<u32> }
///
/// impl Cart {
///     #[feats::when_enabled("DISCOUNT", attributes = feats::attributes! { "items" => self.prices.len() as u64 }, otherwise = Self::total)]
///     fn discounted(&self, percent: u32) -> u32 { self.total(0) * (100 - percent) / 100 }
///
///     fn total(&self, _percent: u32) -> u32 { self.prices.iter().sum() }
/// }
///
/// assert_eq!(Cart { prices: vec![10, 20] }.discounted(50), 30);
/// ```
///
/// Parameters may be patterns, as in handlers of axum. `otherwise` gets the whole arguments: `Path(id)` is passed on as `Path(id)`. A
/// pattern that leaves out a part, with `..`, `ref` or an inner `_`, is an error.
///
/// ```
/// # mod axum { pub mod extract { pub struct State<T>(pub T); pub struct Path<T>(pub T); } }
/// use axum::extract::{Path, State};
/// # pub struct User { pub id: u64 }
///
/// #[feats::boolean]
/// fn NewPage(user: &User) -> bool { user.id == 1 }
///
/// #[feats::when_enabled(NewPage(&user), otherwise = old_page)]
/// async fn page(State(user): State<User>, Path(id): Path<u64>) -> String { format!("new page {id} for {}", user.id) }
///
/// async fn old_page(_: State<User>, Path(id): Path<u64>) -> String { format!("page {id}") }
/// #
/// # fn main() {
/// #     use std::{future::Future, pin::pin, task::{Context, Poll, Waker}};
/// #     for (id, expected) in [(1, "new page 7 for 1"), (2, "page 7")] {
/// #         let page = pin!(page(State(User { id }), Path(7))).poll(&mut Context::from_waker(Waker::noop()));
/// #         assert_eq!(page, Poll::Ready(expected.to_owned()));
/// #     }
/// # }
/// ```
///
/// # Arguments
///
/// After the condition, all are optional:
///
/// - `attributes = expression`: the attributes of a flag's subject;
/// - `otherwise = path`: the function that is called if the condition does not hold;
/// - `crate = path`: as for [`feature`](macro@feature).
#[proc_macro_attribute]
pub fn when_enabled(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::when_enabled(arguments.into(), item.into()).into()
}
