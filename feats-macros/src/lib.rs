//! The attribute macros of feats: entry points only. Use them as `feats::feature`, `feats::boolean`, `feats::segment`.
//!
//! Each goes through the same `stages`: parse what is written, model what it means, check every rule, and expand; where a
//! rule is broken, everything that is wrong is reported at once and a fallback stands for the handle.

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

/// Declares what may vary: a trait with one function for each implementation becomes a handle of the same name.
///
/// Write it with its path: a bare `#[feature]` is an attribute of the language.
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
/// // An enum with a variant for each implementation: a `match` on it is exhaustive.
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
/// | function | |
/// |---|---|
/// | `create(…)` | chooses, records the use, and builds |
/// | `create_async(…)` | the same for async code, such as handlers of requests: awaits where `create` blocks its thread |
/// | `find_implementation(…)`, `find_implementation_async(…)` | choose, and record nothing |
/// | `used_implementation(choice, …)` | records that a choice made before was used |
/// | `explain(…)` | chooses, and says why |
///
/// `create` computes, unless an experiment has to look up what a unit used before. For that it blocks its thread, and a thread of
/// a runtime with it, for at most the app's `lookup_timeout`: once in a scope, and outside of scopes at each look-up.
///
/// The handle implements `feats::Feature`, `Display`, `FromStr` and `AsRef<str>` by the names of the implementations, and serde's
/// `Serialize` and `Deserialize`. What is derived for the trait is derived for it: `#[derive(PartialOrd, Ord)]`.
///
/// # Implementations
///
/// All take the same inputs: none, or any number of `&T` and `T` without borrows, and `&str`. What is taken by value is moved
/// into the chosen implementation; the other functions borrow it. Exactly one is the `#[default]`. With `async fn`, `create`
/// is async too and there is no `create_async`. `#[cfg(…)]` on a function takes its variant along.
///
/// Shared state, such as a pool or a client, is an input like any other: `services: &Services`, or `services: Arc<Services>`. What
/// no segment accepts takes no part in decisions. The documentation of the crate shows how to choose without it at hand.
///
/// # Output
///
/// | | an implementation gives | `create` gives |
/// |---|---|---|
/// | without `type Output` | the same type as all others | that type |
/// | `type Output = dyn Trait;` | its own type that implements the trait | `Box<dyn Trait>` |
/// | `type Output = Type;` | its own type that converts with `Into` | that type |
///
/// # Names
///
/// Operators know a feature by the name of the trait, and an implementation by that of its function. `name = "…"` as an
/// argument and `#[name = "…"]` on a function set another, so that code can be renamed while what was decided stays.
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
/// All are optional: `name = "…"`; `kind = release`, `experiment`, `ops` or `permission`, why the feature exists;
/// `owner = "…"`, who answers for it; `expires = "2027-01-31"`, the day after which it is reported stale; `client`, which
/// lets remote clients see its result; `crate = path`, where feats is if the crate does not depend on it itself:
/// `#[facade::feats::feature(crate = facade::feats)]`.
///
/// # Other attributes
///
/// `#[cfg_attr(unix, default)]` and `#[cfg_attr(unix, name = "…")]` are read as they are. `#[derive(Default)]` makes the default
/// implementation the default of the type. Attribute macros that take traits, such as `#[async_trait]`, have nothing to do here.
///
/// # Examples in documentation
///
/// Since edition 2024 the examples of a crate run as one program, in which each name is declared once: begin an example that
/// declares features with ` ```standalone_crate `.
#[proc_macro_attribute]
pub fn feature(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::feature(arguments.into(), item.into()).into()
}

/// Declares what is on or off: a function becomes a handle whose default is the function's own answer.
///
/// The arguments and the inputs are those of [`feature`](macro@feature), and so are the functions of the handle, with
/// `is_enabled` in the place of `create`. The implementations are `enabled`, `default` and `disabled`.
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

/// Declares what operators can decide on: a trait with a function for each type that the value is taken from.
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
/// /// What the user has in hand, where that is known.
/// #[feats::segment]
/// pub trait Device {
///     const OPTIONS: &[&str] = &["ios", "android"];
///     fn user(user: &User) -> Option<&str> { user.device.as_deref() }
/// }
///
/// // The handle writes conditions.
/// let adults_in_canada = Country::is("CA").and(AgeInYears::gte(18));
/// let on_a_phone = Device::is_in(Device::OPTIONS.iter().copied());
/// ```
///
/// # Values
///
/// A function returns text (`&str`, `String`, `Cow<str>`), an integer of at most 64 bits, `f64`, `bool`, or `Option` of one;
/// all functions of a segment return the same sort. `None` says that the subject has no value: then no check of it holds.
/// feats reads the type as it is written, so it cannot be an alias.
///
/// `const OPTIONS: &[&str]` limits the texts that an operator can choose.
///
/// # Inputs
///
/// Each function takes one input, `&T`, `&str`, or `T` where it is `Copy`, and no two take the same type. A segment fits the
/// features that take one of these types.
///
/// # Arguments
///
/// `name = "…"` and `crate = path`, as for [`feature`](macro@feature).
#[proc_macro_attribute]
pub fn segment(arguments: TokenStream, item: TokenStream) -> TokenStream {
    stages::segment(arguments.into(), item.into()).into()
}
