//! Functions that run only when a flag is enabled.

use std::borrow::Cow;

use feats::flags::Condition;
use feats::store::Memory;
use feats::{App, Attributes, attributes};

#[feats::when_enabled("NEW_CHECKOUT", attributes = attributes! { "user_id" => id, "plan" => plan.as_str() }, otherwise = old)]
async fn checkout(id: u64, plan: String) -> String {
    format!("new {plan} {id}")
}

async fn old(id: u64, plan: String) -> String {
    format!("old {plan} {id}")
}

#[feats::when_enabled("NEW_CHECKOUT", attributes = subject)]
fn by_reference<'a>(subject: &'a Attributes<'_>, name: Cow<'a, str>) -> Cow<'a, str> {
    if subject.is_empty() { Cow::Borrowed("empty") } else { name }
}

#[feats::when_enabled("NEW_CHECKOUT")]
fn without_attributes() -> u32 {
    1
}

struct Cart {
    plan: String,
}

impl Cart {
    fn subject(&self) -> Attributes<'_> {
        attributes! { "plan" => &self.plan }
    }

    #[feats::when_enabled("NEW_CHECKOUT", attributes = self.subject(), otherwise = Self::is_empty)]
    fn rename(&mut self, name: &str) -> bool {
        self.plan.push_str(name);
        true
    }

    fn is_empty(&mut self, _name: &str) -> bool {
        self.plan.is_empty()
    }
}

#[tokio::test]
async fn the_flag_decides_by_the_attributes() -> feats::Result<()> {
    let app = App::builder().store(Memory::new()).detached().start().await?;
    let (gold, none) = (attributes! { "plan" => "gold" }, attributes! {});
    let texts = async || (checkout(1, "gold".to_owned()).await, checkout(1, "basic".to_owned()).await);
    let old = ("old gold 1".to_owned(), "old basic 1".to_owned());
    assert_eq!(app.enter_async(texts()).await, old);

    let flag =
        app.flags().author("ada").create("NEW_CHECKOUT").condition(Condition::new().check("plan", "gold")).await?;
    assert_eq!(app.enter_async(texts()).await, old);
    flag.enable().await?;
    assert_eq!(app.enter_async(texts()).await, ("new gold 1".to_owned(), "old basic 1".to_owned()));
    app.enter(|| {
        assert_eq!(by_reference(&gold, "a".into()), Some("a".into()));
        assert_eq!(by_reference(&attributes! { "plan" => "basic" }, "a".into()), None);
        let mut carts = ["gold", "basic"].map(|plan| Cart { plan: plan.to_owned() });
        assert_eq!(carts.each_mut().map(|cart| cart.rename("er")), [true, false]);
        assert_eq!(carts.map(|cart| cart.plan), ["golder", "basic"]);
    });
    flag.clear_conditions().await?;
    app.enter(|| assert_eq!((without_attributes(), by_reference(&none, "a".into())), (Some(1), Some("empty".into()))));
    Ok(())
}
