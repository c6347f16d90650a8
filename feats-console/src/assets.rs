//! Static files of the console. They are embedded and named by their hash, so that browsers may cache them forever.

use std::sync::LazyLock;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use axum::routing::get;
use sha2::{Digest, Sha256};

/// A static file.
pub(super) struct Asset {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    file: LazyLock<String>,
}

pub(super) static STYLE: Asset =
    Asset::new("console.css", "text/css; charset=utf-8", include_bytes!("assets/console.css"), || STYLE.named());
pub(super) static SCRIPT: Asset =
    Asset::new("console.js", "text/javascript; charset=utf-8", include_bytes!("assets/console.js"), || SCRIPT.named());
/// htmx 2.0.11, unmodified. See <https://htmx.org>.
pub(super) static HTMX: Asset =
    Asset::new("htmx.js", "text/javascript; charset=utf-8", include_bytes!("assets/htmx.min.js"), || HTMX.named());

pub(super) fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    [&STYLE, &SCRIPT, &HTMX].into_iter().fold(Router::new(), |routes, asset| {
        routes.route(&format!("/{}", asset.file()), get(async || asset.response()))
    })
}

impl Asset {
    const fn new(name: &'static str, kind: &'static str, bytes: &'static [u8], file: fn() -> String) -> Self {
        Self { name, kind, bytes, file: LazyLock::new(file) }
    }

    /// The file name, which contains part of the content's hash.
    pub(super) fn file(&self) -> &str {
        &self.file
    }

    fn named(&self) -> String {
        let hash: String = Sha256::digest(self.bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
        let (stem, extension) = self.name.split_once('.').unwrap_or((self.name, ""));
        format!("{stem}-{hash}.{extension}")
    }

    fn response(&self) -> impl IntoResponse {
        ([(CONTENT_TYPE, self.kind), (CACHE_CONTROL, "public, max-age=31536000, immutable")], self.bytes)
    }
}
