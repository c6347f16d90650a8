//! The shop as a program: it serves requests, applies changes of the store, and shuts down.

mod console;

use std::error::Error;
use std::time::{Duration, Instant};

use feats::edit::rollout;
use feats::store::Sqlite;
use feats::web::{Key, Overrides};
use feats::{App, Feature};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::features::{ImageProcessing, PaymentProcessor};
use crate::pages::SHOPKEEPER;
use crate::visitors::{Country, UserId};

/// The headers of every request.
const HEADERS: &str = "Host: shop\r\nConnection: close";

type Outcome = Result<(), Box<dyn Error>>;

/// A shop, and an operator's app on the same file.
#[tokio::test(flavor = "multi_thread")]
async fn the_pages_show_what_an_operator_publishes() -> Outcome {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("shop.db");
    let open = || async { App::builder().store(Sqlite::open(&file)?).detached().start().await };
    let (app, operator) = (open().await?, open().await?);

    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let (close, closed) = oneshot::channel::<()>();
    let overrides = Overrides::new(Key::generate()?).allow(|_, _| true);
    let (shop, allowed) = (app.clone(), overrides.clone());
    let serving = tokio::spawn(async move {
        let closing = async { drop(closed.await) };
        crate::serve(listener, &shop, "sqlite:shop.db".to_owned(), allowed, closing).await
    });

    let canadian = "/?id=71&country=CA";
    assert!(get(&address, canadian).await?.contains("<strong>acme</strong>"));
    let order = "item=anvil&priority=Important&id=71&country=CA&subdivision=";
    assert!(post(&address, "/checkout", order).await?.contains("Its fee is <b>$0.80</b>."));

    let payments = operator.feature::<PaymentProcessor>();
    let outage = payments.edit().rule("Acme outage", Country::is("CA"), PaymentProcessor::Premium);
    outage.author("ada").publish().await?;
    wait_for_text(&address, canadian, "Matched the rule <b>Acme outage</b>").await?;
    assert!(post(&address, "/checkout", order).await?.contains("Its fee is <b>$1.50</b>."));
    assert!(get(&address, "/?id=1&country=US").await?.contains("<strong>acme</strong>"));

    payments.rollback_to(0).author("ada").publish().await?;
    wait_for_text(&address, canadian, "<strong>acme</strong>").await?;

    let set =
        overrides.set_cookie(&app, &[], Some(SHOPKEEPER), "PaymentProcessor", "premium", Duration::from_secs(7_200))?;
    let cookie = set.to_str()?.split(';').next().unwrap_or_default();
    let mine = exchange(&address, &format!("GET {canadian} HTTP/1.1\r\n{HEADERS}\r\nCookie: {cookie}\r\n\r\n")).await?;
    assert!(mine.contains("<strong>premium</strong>") && mine.contains("My browser only"));
    let others = get(&address, canadian).await?;
    assert!(others.contains("<strong>acme</strong>") && !others.contains("My browser only"));

    let half = rollout(UserId, [(PaymentProcessor::Aperture, 50.0), (PaymentProcessor::Acme, 50.0)]);
    payments.edit().rule("US canary", Country::is("US"), half).author("ada").publish().await?;
    wait_for_text(&address, "/crowd", ": aperture\"").await?;
    let crowd = get(&address, "/crowd").await?;
    let charged_by = |processor: PaymentProcessor| crowd.matches(&format!(": {processor}\"")).count();
    assert_eq!(PaymentProcessor::ALL.iter().map(|&processor| charged_by(processor)).sum::<usize>(), 100);
    assert!((15..=55).contains(&charged_by(PaymentProcessor::Aperture)));

    operator.feature::<ImageProcessing>().pin(ImageProcessing::Disabled).author("ada").publish().await?;
    wait_for_text(&address, canadian, "class=\"picture raw\"").await?;

    let hostile = get(&address, "/?country=%3Cscript%3Ealert(1)%3C/script%3E").await?;
    assert!(hostile.contains("&lt;script&gt;") && !hostile.contains("<script>alert"));
    assert!(post(&address, "/checkout", "item=moon&id=1&country=US&subdivision=").await?.starts_with("HTTP/1.1 404"));

    drop(close);
    serving.await??;
    app.shutdown().await?;
    assert!(get(&address, "/").await.is_err(), "the shop has shut down");
    Ok(())
}

/// Requests a page until it contains a text.
async fn wait_for_text(address: &str, path: &str, text: &str) -> Outcome {
    let start = Instant::now();
    while !get(address, path).await?.contains(text) {
        if start.elapsed() > Duration::from_secs(20) {
            return Err(format!("after 20 s, {path} does not contain {text:?}").into());
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn get(address: &str, path: &str) -> Result<String, Box<dyn Error>> {
    exchange(address, &format!("GET {path} HTTP/1.1\r\n{HEADERS}\r\n\r\n")).await
}

async fn post(address: &str, path: &str, form: &str) -> Result<String, Box<dyn Error>> {
    let (kind, length) = ("application/x-www-form-urlencoded", form.len());
    let head = format!("Content-Type: {kind}\r\nContent-Length: {length}\r\n{HEADERS}");
    exchange(address, &format!("POST {path} HTTP/1.1\r\n{head}\r\n\r\n{form}")).await
}

async fn exchange(address: &str, request: &str) -> Result<String, Box<dyn Error>> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
