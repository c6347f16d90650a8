//! The entry points of the attribute macros. Programs use them as `feats::feature`, `feats::boolean` and `feats::segment`.
//!
//! Each macro goes through the same stages: parse, model, check, expand. If a rule is broken, it reports all mistakes at once
//! and expands to a fallback handle.

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
