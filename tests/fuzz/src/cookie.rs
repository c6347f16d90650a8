//! The cookie of browser overrides: arbitrary bytes, and arbitrary payloads with a valid signature.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use feats::App;
use feats::web::{Key, Overrides};
use hmac::{Hmac, Mac};
use http::HeaderMap;
use http::header::{COOKIE, HeaderValue};
use sha2::Sha256;

use crate::world::payments;

const KEY: [u8; 32] = [7; 32];
const NAME: &str = "feats_overrides";

struct Site {
    app: App,
    overrides: Overrides,
}

pub(crate) fn run(bytes: &[u8]) {
    thread_local! {
        static SITE: RefCell<Option<Site>> = const { RefCell::new(None) };
    }
    SITE.with_borrow_mut(|site| {
        let site = site.get_or_insert_with(|| {
            let app = App::builder().declare(payments()).detached().start_blocking().expect("an app starts");
            let overrides = Overrides::new(Key::from_bytes(&KEY).expect("long enough")).allow(|_, _| true);
            Site { app, overrides }
        });
        site.read(bytes);
        site.read(&[NAME.as_bytes(), b"=", bytes].concat());
        for purpose in PURPOSES {
            site.read(format!("{NAME}={}", signed(purpose, bytes)).as_bytes());
        }
    });
}

impl Site {
    fn read(&self, cookie: &[u8]) {
        let Ok(value) = HeaderValue::from_bytes(cookie) else { return };
        let headers: HeaderMap = [(COOKIE, value)].into_iter().collect();
        for actor in [None, Some("ada")] {
            for active in self.overrides.verify(&headers, &self.app, actor) {
                let known = payments().position(&active.implementation).is_some();
                assert!(active.feature == "Payments" && known, "{active:?} is not declared");
            }
        }
    }
}

/// The prefixes that are signed before the cookie's name and the payload.
const PURPOSES: [&[u8]; 1] = [b"feats: overrides in a cookie, version 2"];

/// Returns the value of a cookie with this payload: `2.<payload>.<signature>`. Each signed part has its length as prefix.
fn signed(purpose: &[u8], payload: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&KEY).expect("any length is a key");
    for part in [purpose, NAME.as_bytes(), payload] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    format!("2.{}.{}", BASE64.encode(payload), BASE64.encode(mac.finalize().into_bytes()))
}
