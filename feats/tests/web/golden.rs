//! The cookie's format is frozen: what one release signs, every later one reads.
//!
//! The values are from Python's `hmac`, `json` and `base64`: `1.<payload>.<signature>`, in which every part of what is signed
//! has its length before it, as eight bytes.

use feats::web::Key;

use crate::fixture::{DAY, FOREIGN, HOUR, Site, policy, sent};

const ANONYMOUS: &str = "feats_overrides=1.eyJhY3RvciI6bnVsbCwiaXNzdWVkIjoxNzk2MTE1NjAwMDAwLCJvdmVycmlkZXMiOltbIlBheW1lbnRzIi\
    wicHJlbWl1bSIsMTc5NjEyMjgwMDAwMF1dfQ.r6-cMNAgT46iVShaWGoH3c8YHxpAqEiHK1xtkcxiNSo";

const ADAS: &str = "feats_overrides=1.eyJhY3RvciI6ImhMNlBLdlBfZTA5N2tzUWNvT20xYVEiLCJpc3N1ZWQiOjE3OTYxMTU2MDAwMDAsIm92ZX\
    JyaWRlcyI6W1siUGF5bWVudHMiLCJwcmVtaXVtIiwxNzk2MTIyODAwMDAwXSxbIkdyw7bDn2U7IFwiPSwg4oKsIiwiZ3LDtsOfZXJcXCDlpKci\
    LDE3OTYyMDIwMDAwMDBdXX0.NyvUieAFIHMpiSWMteyb2BODGK6n7U8dS3pOTsyKPfc";

async fn site() -> Site {
    let key: Vec<u8> = (0..32).collect();
    Site::with(policy(Key::from_bytes(&key).expect("long enough"))).await
}

#[tokio::test]
async fn what_is_written_is_what_was_always_written() {
    let site = site().await;
    let first = site.set(None, "Payments", "premium", 2 * HOUR);
    assert_eq!(sent(&first), ANONYMOUS);

    let ada = Some("ada");
    let current = site.read(ada, &site_cookie(&site));
    let both = site.overrides.set_cookie(&site.app, &current, ada, FOREIGN.0, FOREIGN.1, DAY);
    assert_eq!(sent(&both.expect("allowed")), ADAS);
}

#[tokio::test]
async fn what_was_always_written_is_read() {
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
