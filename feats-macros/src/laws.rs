//! Properties of the macros for arbitrary tokens: they do not panic, they refuse input with `compile_error!`, and they expand
//! items to items.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use proptest::prelude::*;
use proptest::sample::select;

use crate::stages::{boolean, feature, segment, when_enabled};

/// Valid declarations, from which others are made.
const DECLARATIONS: [&str; 6] = [
    "pub trait Fee { #[default] fn flat(_user: &User) -> u32 { 2 } #[name = \"none\"] fn free(user: &User) -> u32 { 0 } }",
    "trait Pay { type Output = dyn Pays + Send; #[default] fn a(n: u8, t: &str) -> A { A(n) } #[cfg(unix)] fn b(n: u8, t: &str) -> B { B } }",
    "trait Later { #[cfg_attr(unix, default)] async fn a(x: [u8; 3]) -> &'static str { \"\" } #[cfg_attr(not(unix), default, name = \"n\")] async fn b(x: [u8; 3]) -> &'static str { \"\" } }",
    "/// Documented.\n #[deprecated] pub(crate) fn Discount(user: &User) -> bool { true }",
    "#[derive(Clone)] trait Country { const OPTIONS: &[&str] = &[\"CA\"]; fn user(user: &User) -> Option<&str> { None } fn id(id: u64) -> String { x } }",
    "trait Rewritten { #[default] fn a<'life0, 'async_trait>(u: &'life0 u8) -> Pin<Box<dyn Future<Output = u8> + Send + 'async_trait>> where 'life0: 'async_trait { x } }",
];

/// Valid functions with a condition.
const FUNCTIONS: [&str; 3] = [
    "pub fn fancy(Path(mut id): Path<u64>, _: u8, (a, [b]): (A, [B; 1])) -> Result<impl T, E> { #![allow(x)] Ok(id?) }",
    "#[must_use] pub(crate) async fn later<'a, T: X>(&'a mut self, User { id, name: n }: User, &c: &u8) -> &'a T where T: Y { x }",
    "fn nothing(self: Arc<Self>, whole @ _: impl X) {}",
];

/// Valid and invalid arguments of declarations.
const ARGUMENTS: [&str; 12] = [
    "",
    "name = \"fee\"",
    "kind = ops, owner = \"payments\", client",
    "expires = \"2027-01-31\"",
    "expires = \"2027-02-31\"",
    "crate = facade::feats",
    "crate = \"facade::feats\"",
    "crate = 1, crate",
    "name = \"\", name = 1",
    "kind = \"ops\" owner",
    "client(1), = ,",
    "nmae = { x }",
];

/// Valid arguments of conditions.
const CONDITIONS: [&str; 4] = [
    "Fee",
    "path::Fee(&id, 1), otherwise = Self::plain",
    "\"FLAG\", attributes = attributes! { \"id\" => id }, otherwise = plain, crate = facade::feats",
    "\"FLAG\"",
];

/// Invalid arguments of conditions.
const INVALID_CONDITIONS: [&str; 4] = [
    "\"\", Fee, otherwise, otherwise = 1",
    "otherwise(x), attributes",
    "Fee::is_enabled(id), attributes = 1",
    "!Fee && x, \"FLAG\"(1) otherwise",
];

/// Parts of declarations, to insert anywhere.
const PARTS: [&str; 46] = [
    "#[default]",
    "#[name = \"x\"]",
    "#[name]",
    "#[default(1)]",
    "#[cfg_attr(unix, default)]",
    "#[cfg_attr(,)]",
    "#[cfg(unix)]",
    "#[async_trait::async_trait]",
    "#[derive(Display, Default)]",
    "#[doc = concat!(\"a\")]",
    "#",
    "fn",
    "trait",
    "const",
    "unsafe",
    "async",
    "pub",
    "pub(in x)",
    "self",
    "&self",
    "mut",
    "dyn",
    "impl Trait",
    "'static",
    "&",
    "->",
    "_",
    "::",
    "<T>",
    "where T: X",
    ";",
    ",",
    "=",
    "r#type",
    "__x",
    "type Output = dyn X;",
    "const OPTIONS: &[&str] = &[];",
    "x!();",
    "$crate_",
    "\"text\"",
    "..",
    "ref",
    "@",
    "|",
    "!",
    "self: &Self",
];

#[derive(Clone, Debug)]
enum Edit {
    Remove,
    Repeat,
    Insert(&'static str),
    /// Wraps a token in a group, which may be invisible, as with `macro_rules!`.
    Wrap(Delimiter),
}

fn edit() -> impl Strategy<Value = Edit> {
    let delimiters = [Delimiter::None, Delimiter::Brace, Delimiter::Bracket, Delimiter::Parenthesis];
    prop_oneof![
        Just(Edit::Remove),
        Just(Edit::Repeat),
        select(&PARTS[..]).prop_map(Edit::Insert),
        select(delimiters.to_vec()).prop_map(Edit::Wrap),
    ]
}

fn parse(text: &str) -> TokenStream {
    text.parse().expect("fragments are tokens")
}

/// Applies an edit at a position, counted through all groups.
fn edited(tokens: TokenStream, place: &mut usize, edit: &Edit) -> TokenStream {
    let mut result = Vec::new();
    for token in tokens {
        if *place == 0 {
            *place = usize::MAX;
            match edit {
                Edit::Remove => {}
                Edit::Repeat => result.extend([token.clone(), token]),
                Edit::Insert(part) => result.extend(parse(part).into_iter().chain([token])),
                Edit::Wrap(delimiter) => result.push(Group::new(*delimiter, token.into()).into()),
            }
            continue;
        }
        *place -= usize::from(*place != usize::MAX);
        result.push(match token {
            TokenTree::Group(group) => Group::new(group.delimiter(), edited(group.stream(), place, edit)).into(),
            other => other,
        });
    }
    result.into_iter().collect()
}

fn count(tokens: &TokenStream) -> usize {
    let size = |token: TokenTree| match token {
        TokenTree::Group(group) => 1 + count(&group.stream()),
        _ => 1,
    };
    tokens.clone().into_iter().map(size).sum()
}

fn arguments() -> impl Strategy<Value = &'static str> {
    select([&ARGUMENTS[..], &CONDITIONS, &INVALID_CONDITIONS].concat())
}

fn declaration() -> impl Strategy<Value = TokenStream> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), edit()), 0..6);
    (select([&DECLARATIONS[..], &FUNCTIONS].concat()), edits).prop_map(|(text, edits)| {
        edits.iter().fold(parse(text), |tokens, (place, edit)| {
            let mut place = place.index(count(&tokens).max(1));
            edited(tokens, &mut place, edit)
        })
    })
}

fn soup() -> impl Strategy<Value = TokenStream> {
    prop::collection::vec(select(&PARTS[..]), 0..12).prop_map(|parts| parts.into_iter().map(parse).collect())
}

/// Returns `true` if the expansion of an item is valid.
fn is_lawful(item: &TokenStream, expanded: &TokenStream) -> bool {
    let text = expanded.to_string();
    // Under a condition, the macro expands to another call of itself, which checks the item.
    let is_deferred = ["feature", "boolean", "segment", "when_enabled"]
        .iter()
        .any(|name| text.contains(&format!("feats :: {name} (")));
    // Bodies are not parsed: the compiler has parsed them before, and parses them again.
    let is_item = |tokens: &TokenStream| syn::parse2::<syn::File>(tokens.clone()).is_ok();
    is_deferred || text.contains("compile_error") || is_item(expanded) || !is_item(item)
}

#[test]
fn valid_declarations_are_accepted() {
    let expanders = [feature, feature, feature, boolean, segment];
    for (declaration, expand) in DECLARATIONS.iter().zip(expanders) {
        let expanded = expand(parse(ARGUMENTS[1]), parse(declaration)).to_string();
        assert!(!expanded.contains("compile_error"), "{declaration}: {expanded}");
    }
}

#[test]
fn valid_conditions_are_accepted() {
    for (function, condition) in FUNCTIONS.iter().flat_map(|function| CONDITIONS.map(|condition| (function, condition)))
    {
        let expanded = when_enabled(parse(condition), parse(function)).to_string();
        assert!(!expanded.contains("compile_error"), "{condition} {function}: {expanded}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn edited_declarations_are_items_or_errors(arguments in arguments(), item in declaration()) {
        for expand in [feature, boolean, segment, when_enabled] {
            let expanded = expand(parse(arguments), item.clone());
            prop_assert!(is_lawful(&item, &expanded), "{} expands to {}", item, expanded);
        }
    }

    #[test]
    fn any_tokens_are_items_or_errors(arguments in arguments(), item in soup()) {
        for expand in [feature, boolean, segment, when_enabled] {
            let expanded = expand(parse(arguments), item.clone());
            prop_assert!(is_lawful(&item, &expanded), "{} expands to {}", item, expanded);
        }
    }
}
