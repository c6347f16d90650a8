//! Methods with a condition.

use std::convert::identity;
use std::sync::Arc;

use feats::testing;

use super::{Canadian, Later, On};
use crate::{User, ada};

#[derive(Clone, Debug, Default, PartialEq)]
struct Shop {
    country: String,
    sales: Vec<u64>,
}

impl Shop {
    fn user(&self) -> User {
        User { country: self.country.clone(), ..ada() }
    }

    /// The total, rounded.
    #[feats::when_enabled(Canadian(&self.user()), otherwise = Self::total)]
    #[must_use]
    pub(crate) fn rounded(&self, digits: u32) -> u64 {
        self.total(digits) / 10_u64.pow(digits) * 10_u64.pow(digits)
    }

    fn total(&self, _digits: u32) -> u64 {
        self.sales.iter().sum()
    }

    #[feats::when_enabled(Canadian(&self.user()), otherwise = Self::refuse)]
    fn sell(&mut self, amount: u64) -> Option<&mut u64> {
        self.sales.push(amount);
        self.sales.last_mut()
    }

    fn refuse(&mut self, _amount: u64) -> Option<&mut u64> {
        None
    }

    #[feats::when_enabled(Canadian(&self.user()), otherwise = identity)]
    fn emptied(mut self) -> Self {
        self.sales.clear();
        self
    }

    #[feats::when_enabled(Later(&self.user()), otherwise = free_function)]
    async fn awaited(self: Arc<Self>, _: u8) -> u64 {
        self.total(0)
    }

    #[feats::when_enabled(On, otherwise = Self::default)]
    fn new() -> Self {
        Self { country: "CA".to_owned(), sales: vec![1] }
    }

    #[feats::when_enabled(Canadian(&self.user()))]
    fn last(&mut self) -> Result<&mut u64, &'static str> {
        let last = self.sales.last_mut().ok_or("no sale")?;
        *last += 1;
        Ok(last)
    }

    #[feats::when_enabled(Canadian(&self.user()))]
    async fn first(&self) -> &u64 {
        &self.sales[0]
    }
}

async fn free_function(shop: Arc<Shop>, number: u8) -> u64 {
    shop.total(0) + u64::from(number)
}

#[tokio::test]
async fn methods_pass_on_self() {
    let shop = |country: &str| Shop { country: country.to_owned(), sales: vec![14, 15] };
    let (mut ca, mut us) = (shop("CA"), shop("US"));
    assert_eq!((ca.rounded(1), us.rounded(1)), (20, 29));
    assert_eq!((ca.sell(5), us.sell(5)), (Some(&mut 5), None));
    assert_eq!((ca.clone().emptied().sales.len(), us.clone().emptied().sales.len()), (0, 2));
    assert_eq!((ca.clone().last(), us.clone().last()), (Some(Ok(&mut 6)), None));
    assert_eq!((ca.first().await, us.first().await), (Some(&14), None));
    assert_eq!((Arc::new(ca).awaited(1).await, Arc::new(us).awaited(1).await), (34, 30));
    assert_eq!(Shop::new().sales, [1]);
    testing::with(On::Disabled, || assert_eq!(Shop::new(), Shop::default()));
}

trait Greeter {
    fn name(&self) -> String;

    #[feats::when_enabled(On, otherwise = Self::name)]
    fn greeting(&self) -> String {
        format!("Hello {}", self.name())
    }
}

impl Greeter for User {
    fn name(&self) -> String {
        self.country.clone()
    }
}

#[test]
fn methods_of_traits_can_have_a_condition() {
    assert_eq!(ada().greeting(), "Hello CA");
    testing::with(On::Disabled, || assert_eq!(ada().greeting(), "CA"));
}
