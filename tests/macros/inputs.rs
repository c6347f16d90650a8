//! Inputs: by reference, by value, as text, several, or none.

use std::borrow::Cow;

use feats::Feature;

use crate::{User, ada};

#[derive(Debug, PartialEq)]
struct Order(Vec<u32>);

/// An input by value is moved into the chosen implementation, and borrowed by the other functions.
#[feats::feature]
trait Ship {
    #[default]
    fn by_sea(mut order: Order, _user: &User) -> Order {
        order.0.push(1);
        order
    }
    fn by_air(_: Order, user: &User) -> Order {
        Order(vec![u32::try_from(user.id).unwrap()])
    }
}

#[feats::feature]
trait Greet {
    #[default]
    fn shortly(name: &str, title: &'static str) -> String {
        format!("Hi {name}, {title}")
    }
    fn at_length(name: &str, title: &'static str) -> String {
        format!("Welcome {title} {name}")
    }
}

#[feats::feature]
trait Sort {
    #[default]
    fn stable(items: &Vec<u32>, _by: fn(&u32, &u32) -> bool, limit: u32, note: Cow<'static, str>) -> usize {
        items.len() + limit as usize + note.len()
    }
}

/// The parameters have the names that the macro uses in generated code.
#[feats::feature]
trait Hygiene {
    #[default]
    fn plain(implementation: &User, choosing: u8, chosen: u8, __build: &str) -> u64 {
        implementation.id + u64::from(choosing) + u64::from(chosen) + __build.len() as u64
    }
}

/// Leading underscores are removed, unless that would make two names equal or leave none.
#[feats::feature]
#[allow(clippy::just_underscores_and_digits, reason = "names that are only underscores and digits")]
trait Underscores {
    #[default]
    fn plain(_user: &User, _a: u8, a: u8, __: u32, _1: u64, _type: i8) -> u8 {
        a
    }
}

/// The maximum number of inputs.
#[feats::feature]
#[allow(clippy::too_many_arguments, reason = "the maximum is tested")]
trait Twelve {
    #[default]
    fn sum(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: &u8) -> u8 {
        a + b + c + d + e + f + g + h + i + j + k + l
    }
}

#[test]
fn inputs_by_value_are_moved_or_borrowed() {
    let order = Order(vec![7]);
    assert_eq!(Ship::find_implementation(&order, &ada()), Ship::BySea);
    Ship::used_implementation(Ship::ByAir, &order, &ada());
    assert_eq!(Ship::create(order, &ada()), Order(vec![7, 1]));
}

#[test]
fn text_and_static_text_are_inputs() {
    let name = String::from("Ada");
    assert_eq!(Greet::create(&name, "Countess"), "Hi Ada, Countess");
    assert_eq!(Greet::find_implementation(&name, "Countess"), Greet::Shortly);
}

#[test]
fn any_type_without_borrows_is_an_input() {
    assert_eq!(Sort::create(&vec![1, 2], |a, b| a < b, 3, Cow::Borrowed("four")), 9);
}

#[test]
fn parameters_may_have_the_names_of_generated_variables() {
    assert_eq!(Hygiene::create(&ada(), 2, 3, "four"), 10);
    Hygiene::used_implementation(Hygiene::Plain, &ada(), &2, &3, "four");
}

#[test]
fn inputs_have_the_names_of_the_default_without_underscores() {
    let names = |feature: &'static feats::__private::FeatureEntry| {
        feature.inputs.iter().map(|input| input.name).collect::<Vec<_>>()
    };
    assert_eq!(names(Ship::entry()), ["order", "user"]);
    assert_eq!(names(Underscores::entry()), ["user", "_a", "a", "__", "_1", "_type"]);
    assert_eq!(Underscores::create(&ada(), 1, 2, 3, 4, 5), 2);
}

#[tokio::test]
async fn there_may_be_twelve_inputs() {
    assert_eq!(Twelve::create(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, &12), 78);
    assert_eq!(Twelve::create_async(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, &12).await, 78);
}

#[test]
fn a_handle_can_be_declared_and_used_within_a_function() {
    struct Local(u8);

    #[feats::feature]
    trait Inner {
        #[default]
        fn plain(local: &Local) -> u8 {
            local.0
        }
    }

    #[feats::segment]
    trait LocalSize {
        fn local(local: &Local) -> u8 {
            local.0
        }
    }

    assert_eq!(Inner::create(&Local(3)), 3);
    assert_eq!(<LocalSize as feats::Segment>::NAME, "LocalSize");
}
