//! The answers of the original gatekeeper to eight requests. Where it failed because of a cookie, the site ignores the cookie.

use super::Outcome;
use super::site::TestSite;
use crate::flags::{MY_NEW_FEATURE, USER_ID};

/// The cookie of a request.
enum Cookie {
    None,
    /// A signed override of a flag.
    Override(&'static str, &'static str),
    /// Text that is not an override.
    Text(&'static str),
}

/// A request for a variant.
struct Vector {
    id: &'static str,
    flag: &'static str,
    user_id: i64,
    asks_for: Option<i64>,
    is_dev: bool,
    cookie: Cookie,
    /// The users with an override to `VISIBLE`.
    visible: &'static [i64],
    /// The variant; `null` if there is none.
    variant: &'static str,
}

const PLAIN: Vector = Vector {
    id: "",
    flag: MY_NEW_FEATURE,
    user_id: 1,
    asks_for: None,
    is_dev: false,
    cookie: Cookie::None,
    visible: &[],
    variant: "VISIBLE",
};

const VECTORS: [Vector; 8] = [
    Vector { id: "004", user_id: 9, is_dev: true, ..PLAIN },
    Vector { id: "005", flag: "ZZ", variant: "null", ..PLAIN },
    Vector { id: "007", cookie: Cookie::Override("X", "A"), ..PLAIN },
    Vector { id: "009", user_id: 77, visible: &[77], ..PLAIN },
    Vector {
        id: "012",
        user_id: 77,
        visible: &[77],
        cookie: Cookie::Override(MY_NEW_FEATURE, "NOT_VISIBLE"),
        variant: "NOT_VISIBLE",
        ..PLAIN
    },
    Vector { id: "014", asks_for: Some(9), variant: "NOT_VISIBLE", ..PLAIN },
    Vector { id: "016", cookie: Cookie::Override(MY_NEW_FEATURE, "BOGUS"), ..PLAIN },
    Vector { id: "017", cookie: Cookie::Text("feats_overrides=not json"), ..PLAIN },
];

#[tokio::test]
async fn each_request_gets_the_variant_of_the_original() -> Outcome {
    for Vector { id, flag, user_id, asks_for, is_dev, cookie, visible, variant } in VECTORS {
        let site = TestSite::open(is_dev).await?;
        if !visible.is_empty() {
            let flag = site.app.flags().author("ada").get(MY_NEW_FEATURE);
            flag.override_for(USER_ID, visible.iter().copied(), "VISIBLE").await?;
        }
        let cookie = match cookie {
            Cookie::None => String::new(),
            Cookie::Override(flag, variant) => site.sign(&user_id.to_string(), flag, variant).await?,
            Cookie::Text(text) => text.to_owned(),
        };
        let question = asks_for.map_or_else(String::new, |other| format!("?user_id={other}"));
        let cookies = format!("{}; {cookie}", site.log_in(user_id));
        assert_eq!(site.variant(&format!("{flag}{question}"), &cookies).await?, variant, "gatekeeper.variant-{id}");
    }
    Ok(())
}
