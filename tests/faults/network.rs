//! Faults of the connection between programs and server.

use std::time::{Duration, Instant};

use feats_servers::{Link, Proxy, until};

use crate::harness::{Server, Setup, Trial, fault};

pub fn cut_in_mid_reply<S: Server>() {
    fault::<S>("line: cut in mid-reply", || {
        let (server, proxy) = server_and_line::<S>();
        let mut trial = trial(&server, &proxy).start();
        // In the first bytes, in the middle of a reply, and after several replies.
        for after in [3, 70, 700] {
            proxy.set(Link::Cut { after });
            trial.run_for(Duration::from_millis(500));
        }
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

pub fn slow_with_occasional_resets<S: Server>() {
    fault::<S>("line: 50 ms each way, 1% of replies reset", || {
        let (server, proxy) = server_and_line::<S>();
        let mut trial = trial(&server, &proxy).start();
        proxy.set(Link::Slow { delay: Duration::from_millis(50), resets: 0.01 });
        trial.expect_publishing();
        trial.run_for(Duration::from_secs(3));
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

pub fn nothing_arrives<S: Server>() {
    fault::<S>("line: nothing arrives for 5 s", || {
        let (server, proxy) = server_and_line::<S>();
        let mut trial = trial(&server, &proxy).start();
        proxy.set(Link::BlackHole);
        trial.expect_no_contact();
        trial.run_for(Duration::from_secs(5));
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

pub fn refused_while_many_programs_retry<S: Server>() {
    const APPS: usize = 10;
    fault::<S>("line: refused, ten programs try again", || {
        let (server, proxy) = server_and_line::<S>();
        let mut trial = trial(&server, &proxy).apps(APPS).start();
        // Writers open their own connections.
        trial.pause_writers();
        let before = proxy.connections().len();
        let refused = Instant::now();
        proxy.set(Link::Refuse);
        trial.expect_stale();
        let attempts = || -> Vec<Duration> {
            proxy.connections().iter().skip(before).map(|instant| instant.duration_since(refused)).collect()
        };
        let late = || attempts().into_iter().filter(|attempt| *attempt > Duration::from_secs(1)).collect::<Vec<_>>();
        until("every program has retried several times", || late().len() >= 2 * APPS);
        let (attempts, late) = (attempts(), late());
        proxy.set(Link::Pass);
        trial.resume_writers();
        trial.healed();
        // Random waits below 0.1, 0.2, 0.4 … seconds make about four attempts in the first second.
        assert!(attempts.len() - late.len() <= 20 * APPS, "too many attempts: {attempts:?}");
        let together = late.windows(APPS).filter(|ten| ten[APPS - 1] - ten[0] < Duration::from_millis(10)).count();
        assert_eq!(together, 0, "attempts at the same time: {attempts:?}");
        trial.end()
    });
}

fn server_and_line<S: Server>() -> (S, Proxy) {
    let server = S::launch();
    let proxy = Proxy::to(server.port());
    (server, proxy)
}

/// Configures programs that connect through the proxy. The audit connects directly.
fn trial(server: &impl Server, proxy: &Proxy) -> Setup {
    let direct = server.store();
    let [own, other] = [server.port(), proxy.port()].map(|port| format!("127.0.0.1:{port}"));
    Trial::setup(direct.replace(&own, &other)).direct(direct)
}
