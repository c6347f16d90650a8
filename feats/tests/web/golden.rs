//! The format of the cookie is frozen: every later release reads the cookies of an earlier one.
//!
//! The values are from Python's `hmac`, `json` and `base64`: `2.<payload>.<signature>`, where the length of every signed part
//! precedes it, as eight bytes. The app's identity is `memory`, a line break, `site`.

use feats::web::Key;

use crate::fixture::{DAY, FOREIGN, HOUR, Site, policy, sent};

const ANONYMOUS: &str = "feats_overrides=2.eyJhcHAiOiJfRnZJTkRpZ2NDOHg3bEhLaWhleGxBIiwiYWN0b3IiOm51bGwsImlzc3VlZCI6MTc5NjExNTYwMDAwMCwi\
    b3ZlcnJpZGVzIjpbWyJQYXltZW50cyIsInByZW1pdW0iLDE3OTYxMjI4MDAwMDBdXX0.uxtgekU3cJhbRrYhDSJPFfzOAxct0izvTAq11zgQ3V\
    8";

const ADAS: &str = "feats_overrides=2.eyJhcHAiOiJfRnZJTkRpZ2NDOHg3bEhLaWhleGxBIiwiYWN0b3IiOiJDeGQwV1NKU0UwVW04RzdLNzVhLWZRIiwiaXNz\
    dWVkIjoxNzk2MTE1NjAwMDAwLCJvdmVycmlkZXMiOltbIlBheW1lbnRzIiwicHJlbWl1bSIsMTc5NjEyMjgwMDAwMF0sWyJHcsO2w59lOyBcIj\
    0sIOKCrCIsImdyw7bDn2VyXFwg5aSnIiwxNzk2MjAyMDAwMDAwXV19.sQqLrjhHB353JaMAYtoZIU8IWg47ukTAZYNo0s-CpCU";

async fn site() -> Site {
    let key: Vec<u8> = (0..32).collect();
    Site::with(policy(Key::from_bytes(&key).expect("long enough"))).await
}

#[tokio::test]
async fn cookies_are_written_in_the_frozen_format() {
    let site = site().await;
    let first = site.set(None, "Payments", "premium", 2 * HOUR);
    assert_eq!(sent(&first), ANONYMOUS);

    let ada = Some("ada");
    let current = site.read(ada, &site_cookie(&site));
    let both = site.overrides.set_cookie(&site.app, &current, ada, FOREIGN.0, FOREIGN.1, DAY);
    assert_eq!(sent(&both.expect("allowed")), ADAS);
}

#[tokio::test]
async fn cookies_in_the_frozen_format_are_read() {
    let site = site().await;
    let read = |actor, cookie| {
        let active = site.read(actor, cookie).into_iter();
        let told = active.map(|active| (active.feature, active.implementation, active.until.to_string()));
        told.collect::<Vec<_>>()
    };
    let premium = ("Payments".to_owned(), "premium".to_owned(), "2026-12-01T11:00:00Z".to_owned());
    assert_eq!(read(None, ANONYMOUS), std::slice::from_ref(&premium));
    let foreign = (FOREIGN.0.to_owned(), FOREIGN.1.to_owned(), "2026-12-02T09:00:00Z".to_owned());
    assert_eq!(read(Some("ada"), ADAS), [premium, foreign]);
}

fn site_cookie(site: &Site) -> String {
    sent(&site.set(Some("ada"), "Payments", "premium", 2 * HOUR))
}
