//! Code that uses a handle with mistakes has no errors itself.

use feats::{Feature, Segment};

struct User;

#[feats::feature(kind = rollout)]
trait PaymentProcessor {
    #[default]
    fn acme(user: &mut User, name: &str, order: Vec<&u8>) -> u32 {
        2
    }
    fn premium(user: &mut User) -> u32;
}

#[feats::boolean(clint)]
async fn Online(user: &User) -> u8 {
    1
}

#[feats::segment]
trait Country {
    const OPTIONS: &[&str] = &[];
    fn user<T>(user: &User, name: &str) -> u64 {
        1
    }
}

async fn uses_everything() -> u32 {
    let (mut user, order) = (User, || vec![&1]);
    let choice: PaymentProcessor = PaymentProcessor::find_implementation_async(&mut user, "", &order()).await;
    PaymentProcessor::used_implementation(choice, &mut user, "", &order());
    let _ = PaymentProcessor::explain(&mut user, "", &order());
    match choice {
        PaymentProcessor::Acme => println!("{choice}, {:?}", "acme".parse::<PaymentProcessor>()),
        PaymentProcessor::Premium => println!("{}", PaymentProcessor::NAME),
    }
    if Online::is_enabled(&User).await && Online::find_implementation(&User) == Online::Enabled {
        let _ = Country::gte(1).and(Country::is(2));
    }
    println!("{} {:?}", Country::NAME, Country::OPTIONS);
    PaymentProcessor::create_async(&mut user, "", order()).await + PaymentProcessor::create(&mut user, "", order())
}

fn main() {
    let _ = uses_everything();
}
