//! `feats thrift-serve`: Flipper's Thrift service in front of the store.

use std::future;

use feats::flags::flipper::Item;
use feats::flags::{Flag, ThriftServer};
use feats::text::{counted, quoted};
use feats::{App, ChangeEvent};
use serde::Serialize;

use crate::args;
use crate::context::Context;
use crate::exit::Exit;
use crate::failure::{Failure, Result};
use crate::output::{Output, Page, Render};

pub(super) async fn run(context: &Context, arguments: &args::ThriftServe) -> Result<Exit> {
    let args::ThriftServe { listen, allow_writes, tls_cert, tls_key, tls_client_ca } = arguments;
    if !listen.ip().is_loopback() && tls_cert.is_none() {
        return Err(Failure::Usage(format!(
            "other machines can reach {listen}; add --tls-cert, --tls-key and --tls-client-ca, or listen on 127.0.0.1:{}",
            listen.port()
        )));
    }
    let mut server = ThriftServer::bind(*listen).await?;
    if *allow_writes {
        server = server.allow_writes();
    }
    if let (Some(certificate), Some(key), Some(client_ca)) = (tls_cert, tls_key, tls_client_ca) {
        server = server.mutual_tls(certificate, key, client_ca);
    }
    let (app, output) = (&context.app, context.output);
    let changes = report_changes(app, output);
    let flags = app.flags().list().flags();
    flags.iter().for_each(|flag| report(app, flag, output));
    output.show(&Started {
        address: server.address().to_string(),
        allows_writes: *allow_writes,
        flags: flags.len(),
    })?;
    tokio::select! {
        served = server.serve(app) => served?,
        () = changes => {}
    }
    Ok(Exit::Success)
}

/// Reports each flag that changes, until the process ends.
async fn report_changes(app: &App, output: Output) {
    let mut changes = app.subscribe();
    while let Some(event) = changes.recv().await {
        if let ChangeEvent::Changed(change) = event {
            report(app, &app.flags().get(&*change.feature), output);
        }
    }
    future::pending().await
}

/// Writes a line about a flag that the service leaves out, or serves with differences.
fn report(app: &App, flag: &Flag, output: Output) {
    let Some(feature) = flag.as_feature().ok().filter(|_| flag.exists() && !flag.meta().is_archived()) else { return };
    let name = quoted(flag.name());
    let line = match Item::from_state(flag.name(), &feature.state(), app.now()) {
        Ok((_, lost)) if lost.is_empty() => return,
        Ok((_, lost)) => format!("{name} is served with differences: {}", lost.join("; ")),
        Err(error) => {
            let problems: Vec<&str> = error.problems().iter().map(|problem| problem.message()).collect();
            format!("{name} is left out: {}", problems.join("; "))
        }
    };
    output.note(|page| page.line(&line));
}

/// The start of the service.
#[derive(Serialize)]
struct Started {
    address: String,
    allows_writes: bool,
    /// The number of flags that are not archived.
    flags: usize,
}

impl Render for Started {
    fn write(&self, page: &mut Page) {
        let Self { address, allows_writes, flags } = self;
        let writes = if *allows_writes { "writes are allowed" } else { "read-only" };
        let flags = counted(*flags, "flag");
        page.line(format!("Serving {flags} on {address}, {writes}. Ctrl-C ends the service."));
    }
}
