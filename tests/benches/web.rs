//! The cost of the scope of a request: a service that responds immediately, with and without the layer. Run with
//! `cargo xtask bench`.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use feats::web::{Key, Overrides, ScopeLayer};
use feats::{App, Attributes};
use futures_util::FutureExt;
use http::header::{COOKIE, HeaderValue};
use http::{Request, Response};
use tower::{Layer, Service, service_fn};

/// The feature that cookies override.
#[feats::feature]
pub trait Fee {
    #[default]
    fn acme() -> u32 {
        2
    }
    fn premium() -> u32 {
        4
    }
}

fn main() {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let app = runtime.block_on(App::builder().start()).expect("started");

    let overrides = Overrides::new(Key::generate().expect("random")).allow(|_, _| true);
    let set = |actor| overrides.set_cookie(&app, &[], actor, "Fee", "premium", Duration::from_secs(3_600));
    let sent = |set: HeaderValue| set.to_str().expect("ASCII").split(';').next().expect("a pair").to_owned();
    let cookies = [
        ("no cookie", None),
        ("an override", Some(sent(set(Some("ada")).expect("allowed")))),
        ("another user's override", Some(sent(set(Some("eve")).expect("allowed")))),
        ("64 KiB of other cookies", Some("a=1; ".repeat(13_000))),
    ];

    let mut handler = service_fn(async |request: Request<()>| {
        let response = Response::new(black_box(request).headers().len());
        Ok::<_, Infallible>(response)
    });
    let mut scoped = ScopeLayer::new(&app).layer(handler);
    let mut service = ScopeLayer::new(&app)
        .actor(|parts| Some(parts.headers.get("x-user")?.to_str().ok()?.to_owned()))
        .attributes(|_| Attributes::from_iter([("UserId", 42)]))
        .overrides(overrides.clone())
        .layer(handler);

    let mut group = criterion.benchmark_group("a request");
    group.bench_function("without a scope", |b| b.iter(|| serve(&mut handler, None)));
    group.bench_function("in a scope", |b| b.iter(|| serve(&mut scoped, None)));
    for (name, cookie) in cookies {
        let cookie = cookie.map(|cookie| HeaderValue::try_from(cookie).expect("a header"));
        let name = format!("in a scope with user, attributes, and {name}");
        group.bench_function(name, |b| b.iter(|| serve(&mut service, cookie.as_ref())));
    }
    group.finish();
    criterion.final_summary();
}

fn serve<S>(service: &mut S, cookie: Option<&HeaderValue>) -> usize
where
    S: Service<Request<()>, Response = Response<usize>, Error = Infallible>,
{
    let mut request = Request::new(());
    request.headers_mut().insert("x-user", HeaderValue::from_static("ada"));
    if let Some(cookie) = cookie {
        request.headers_mut().insert(COOKIE, cookie.clone());
    }
    let Ok(response) = service.call(request).now_or_never().expect("ready at once");
    response.into_body()
}
