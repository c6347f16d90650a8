//! The flags of the site, with their variants and rules.

use feats::App;
use feats::edit::attribute;
use feats::model::{Condition, Operator};
use serde_json::{Value as Json, json};

/// Whether the page shows the new feature.
pub(crate) const MY_NEW_FEATURE: &str = "MY_NEW_FEATURE";
/// The greeting, depending on the session.
pub(crate) const GREETING: &str = "GREETING";
/// The layout, depending on the request.
pub(crate) const LAYOUT: &str = "LAYOUT";

/// The attribute of the program: `true` in development.
pub(crate) const IS_DEV: &str = "is_dev";
/// The attribute of the user: their number.
pub(crate) const USER_ID: &str = "user_id";
/// The attribute of the request: whether it comes from a phone.
pub(crate) const IS_PHONE: &str = "is_phone";
/// The attribute of the session: the number of its requests.
pub(crate) const VISITS: &str = "visits";

/// Creates the flags that do not exist yet. Later, their rules are changed in the store, not here.
pub(crate) async fn create_missing(app: &App) -> feats::Result<()> {
    let first_users = Condition::segment(USER_ID, Operator::In(vec![1.into(), 2.into(), 3.into()]));
    let visible = Rule { name: "Development and first users", when: attribute(IS_DEV, true).or(first_users).into() };
    create(app, MY_NEW_FEATURE, [("NOT_VISIBLE", Json::Null), ("VISIBLE", Json::Null)], visible).await?;

    let returning = Rule { name: "Later visits", when: Condition::segment(VISITS, Operator::Gte(2.into())) };
    create(app, GREETING, [("new", json!("Welcome")), ("returning", json!("Welcome back"))], returning).await?;

    let phones = Rule { name: "Phones", when: Condition::segment(IS_PHONE, Operator::Eq(true.into())) };
    create(app, LAYOUT, [("wide", Json::Null), ("compact", Json::Null)], phones).await
}

/// A rule that serves the second variant.
struct Rule {
    name: &'static str,
    when: Condition,
}

/// Creates a flag. It is enabled last, so that it never serves a variant without its rule.
async fn create(app: &App, name: &str, variants: [(&str, Json); 2], rule: Rule) -> feats::Result<()> {
    let flags = app.flags();
    if flags.exists(name) {
        return Ok(());
    }
    let second = variants[1].0;
    let flag = flags.create_variants(name, variants.clone()).await?;
    flag.edit()?.rule(rule.name, rule.when, second).publish().await?;
    flag.enable().await?;
    Ok(())
}
