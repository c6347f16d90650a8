//! The cookie's format: `2.<payload>.<signature>`, both base64 for URLs. It is frozen; another one is another version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::{Deserialize, Serialize};

use super::key::Key;
use super::rejected::Why;

/// The longest value, which is about what browsers keep.
pub(super) const LONGEST: usize = 4096;

/// What is signed begins with its purpose, so that no signature for anything else is one for this.
const PURPOSE: &[u8] = b"feats: overrides in a cookie, version 2";
const APP: &[u8] = b"feats: the app of overrides in a cookie, version 2";
const ACTOR: &[u8] = b"feats: the actor of overrides in a cookie, version 2";

/// What a cookie says.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Payload {
    /// Which app it is for: a [tag](tag) of its identity. Two environments can share a key, and a browser.
    app: String,
    /// Whom it is for: a [tag](tag), so that the cookie tells nobody who that is; `None` for the anonymous.
    actor: Option<String>,
    /// When it was signed, in milliseconds since 1970.
    pub(super) issued: i64,
    /// Feature, implementation, and until when, in milliseconds since 1970.
    pub(super) overrides: Vec<(String, String, i64)>,
}

/// What a cookie is signed for, beside the key.
#[derive(Clone, Copy)]
pub(super) struct Purpose<'a> {
    /// The cookie's name, so that one cookie does not pass for another.
    pub(super) name: &'a str,
    /// The identity of the app.
    pub(super) app: &'a str,
    /// `None` for the anonymous.
    pub(super) actor: Option<&'a str>,
}

/// Writes a cookie's value.
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

/// Reads a cookie's value that was signed with one of the keys, for this app and actor. Nothing of it is looked into before its
/// signature is known to be right.
pub(super) fn open(keys: &[Key], Purpose { name, app, actor }: Purpose<'_>, value: &[u8]) -> Result<Payload, Why> {
    if value.len() > LONGEST {
        return Err(Why::TooLarge);
    }
    let (payload, signature) = parts(value).ok_or(Why::Malformed)?;
    let signed = |key: &&Key| key.has_signed(&[PURPOSE, name.as_bytes(), &payload], &signature);
    let key = keys.iter().find(signed).ok_or(Why::Forged)?;
    let payload: Payload = serde_json::from_slice(&payload).map_err(|_| Why::Malformed)?;
    if payload.app != tag(key, APP, app) {
        return Err(Why::OtherApp);
    }
    if payload.actor != actor.map(|actor| tag(key, ACTOR, actor)) {
        return Err(Why::OtherActor);
    }
    Ok(payload)
}

fn parts(value: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut parts = value.split(|byte| *byte == b'.');
    let (version, payload, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if version != b"2" || parts.next().is_some() {
        return None;
    }
    let signature = BASE64.decode(signature).ok().filter(|signature| signature.len() == 32)?;
    Some((BASE64.decode(payload).ok()?, signature))
}

/// Half a signature of a name: the same for the same name and key, and no way back.
fn tag(key: &Key, purpose: &[u8], name: &str) -> String {
    let tag = key.sign(&[purpose, name.as_bytes()]);
    BASE64.encode(tag.first_chunk::<16>().unwrap_or(&[0; 16]))
}
