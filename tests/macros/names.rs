//! Names of features, implementations and variants, and their conversion to and from text.

use std::collections::HashMap;

use feats::Feature;

#[feats::feature(name = "payment processor")]
trait PaymentProcessor {
    #[default]
    fn acme() -> u32 {
        2
    }
    #[name = "premium-2"]
    fn premium() -> u32 {
        4
    }
    fn two_step_checkout() -> u32 {
        5
    }
    fn v2() -> u32 {
        6
    }
}

#[feats::feature]
trait Keywords {
    fn r#type() -> u8 {
        1
    }
    #[default]
    fn r#match() -> u8 {
        2
    }
    fn größe() -> u8 {
        3
    }
}

use PaymentProcessor::{Acme, Premium, TwoStepCheckout, V2};

#[test]
fn features_and_implementations_have_their_given_names() {
    assert_eq!(PaymentProcessor::NAME, "payment processor");
    assert_eq!(Premium.to_string(), "premium-2");
    assert_eq!(PaymentProcessor::ALL, [Acme, Premium, TwoStepCheckout, V2]);
    assert_eq!(PaymentProcessor::DEFAULT, Acme);
}

#[test]
fn a_variant_is_its_function_in_camel_case() {
    assert_eq!(
        PaymentProcessor::ALL.iter().map(AsRef::as_ref).collect::<Vec<&str>>(),
        ["acme", "premium-2", "two_step_checkout", "v2"]
    );
}

#[test]
fn raw_and_non_ascii_identifiers_are_names() {
    assert_eq!(Keywords::ALL, [Keywords::Type, Keywords::Match, Keywords::Größe]);
    assert_eq!((Keywords::Type.to_string(), Keywords::Größe.to_string()), ("type".to_owned(), "größe".to_owned()));
    assert_eq!(Keywords::create(), 2);
}

#[test]
fn every_name_parses_to_its_variant() {
    for choice in PaymentProcessor::ALL {
        assert_eq!(choice.to_string().parse(), Ok(*choice));
        let json = serde_json::to_string(choice).unwrap();
        assert_eq!(json, format!("\"{choice}\""));
        assert_eq!(serde_json::from_str::<PaymentProcessor>(&json).unwrap(), *choice);
    }
}

#[test]
fn the_error_for_an_unknown_name_lists_the_known_ones() {
    let unknown = "Premium".parse::<PaymentProcessor>().unwrap_err().to_string();
    assert_eq!(
        unknown,
        "payment processor has no implementation \"Premium\"; it has acme, premium-2, two_step_checkout, v2"
    );
    assert!(
        serde_json::from_str::<PaymentProcessor>("\"premium\"")
            .unwrap_err()
            .to_string()
            .starts_with("payment processor has no implementation \"premium\"")
    );
    assert!(serde_json::from_str::<PaymentProcessor>("1").is_err());
}

#[test]
fn handles_are_map_keys_and_implement_debug_and_display() {
    let fees: HashMap<PaymentProcessor, u32> = [(Acme, 2), (Premium, 4)].into();
    assert_eq!((fees.get(&Premium), fees.get(&V2)), (Some(&4), None));
    assert_eq!((format!("{Premium:?}"), format!("{Premium:>11}")), ("Premium".to_owned(), "  premium-2".to_owned()));
    assert_eq!(serde_json::to_string(&HashMap::from([(Acme, 1)])).unwrap(), "{\"acme\":1}");
}

#[test]
fn positions_follow_the_order_of_declaration() {
    assert_eq!(PaymentProcessor::ALL.iter().map(|choice| choice.position()).collect::<Vec<_>>(), [0, 1, 2, 3]);
}
