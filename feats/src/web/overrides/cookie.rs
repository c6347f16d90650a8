//! The format of the cookie: `2.<payload>.<signature>`, both in URL-safe base64. Frozen: any change needs a new version number.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use super::key::Key;
use super::rejected::Rejection;

/// The maximum size of a value, about what browsers accept.
pub(super) const MAX_COOKIE_BYTES: usize = 4096;

/// The first part of what is signed, so that a signature for another purpose is not valid here.
const PURPOSE: &[u8] = b"feats: overrides in a cookie, version 2";
const APP: &[u8] = b"feats: the app of overrides in a cookie, version 2";
const ACTOR: &[u8] = b"feats: the actor of overrides in a cookie, version 2";

/// The content of a cookie.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    /// A [tag](tag) of the app's identity, because two environments can share a key and a browser.
    app: String,
    /// A [tag](tag) of the actor, so that the cookie does not reveal the actor; `None` for an anonymous one.
    actor: Option<String>,
    /// The time of signing, in milliseconds since 1970.
    pub(super) issued: i64,
    /// Feature, implementation and end of each override; the end is in milliseconds since 1970.
    pub(super) overrides: Vec<(String, String, i64)>,
}

/// The context for which a cookie is signed.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// The name of the cookie, so that the value is not valid in another cookie.
    pub(super) name: &'a str,
    /// The identity of the app.
    pub(super) app: &'a str,
    /// The actor; `None` for an anonymous one.
    pub(super) actor: Option<&'a str>,
}

/// Signs and encodes the value of a cookie.
pub(super) fn seal(
    key: &Key,
    Purpose { name, app, actor }: Purpose<'_>,
    issued: i64,
    overrides: Vec<(String, String, i64)>,
) -> Option<String> {
    let (app, actor) = (tag(key, APP, app), actor.map(|actor| tag(key, ACTOR, actor)));
    let payload = serde_json::to_vec(&Payload { app, actor, issued, overrides }).ok()?;
    let signature = key.sign(&[PURPOSE, name.as_bytes(), &payload]);
    Some(format!("2.{}.{}", BASE64.encode(payload), BASE64.encode(signature)))
}

/// Verifies and decodes the value of a cookie, which must be signed with one of the keys, for this app and actor. Checks the signature
/// before it parses the payload.
pub(super) fn open(
    keys: &[Key],
    Purpose { name, app, actor }: Purpose<'_>,
    value: &[u8],
) -> Result<Payload, Rejection> {
    if value.len() > MAX_COOKIE_BYTES {
        return Err(Rejection::TooLarge);
    }
    let (payload, signature) = split(value).ok_or(Rejection::Malformed)?;
    let signed = |key: &&Key| key.has_signed(&[PURPOSE, name.as_bytes(), &payload], &signature);
    let key = keys.iter().find(signed).ok_or(Rejection::Forged)?;
    let payload: Payload = serde_json::from_slice(&payload).map_err(|_| Rejection::Malformed)?;
    if payload.app != tag(key, APP, app) {
        return Err(Rejection::OtherApp);
    }
    if payload.actor != actor.map(|actor| tag(key, ACTOR, actor)) {
        return Err(Rejection::OtherActor);
    }
    Ok(payload)
}

fn split(value: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut parts = value.split(|byte| *byte == b'.');
    let (version, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if version != b"2" || parts.next().is_some() {
        return None;
    }
    let signature = BASE64.decode(signature).ok().filter(|signature| signature.len() == 32)?;
    Some((BASE64.decode(payload).ok()?, signature))
}

/// Returns half of the signature of a name: deterministic for a key, and not reversible.
fn tag(key: &Key, purpose: &[u8], name: &str) -> String {
    let tag = key.sign(&[purpose, name.as_bytes()]);
    BASE64.encode(tag.first_chunk::<16>().unwrap_or(&[0; 16]))
}
