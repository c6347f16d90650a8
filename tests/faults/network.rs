//! What happens to the line between programs and server.

use std::time::{Duration, Instant};

use feats_servers::{Link, Proxy, Redis, until};

use crate::harness::{Setup, Trial, fault};

#[test]
fn cut_in_mid_reply() {
    fault("line: cut in mid-reply", || {
        let (redis, proxy) = server_and_line();
        let mut trial = trial(&redis, &proxy).start();
        // In the first bytes, in the middle of an answer, and after some.
        for after in [3, 70, 700] {
            proxy.set(Link::Cut { after });
            trial.go_on(Duration::from_millis(500));
        }
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

#[test]
fn slow_and_reset_now_and_then() {
    fault("line: 50 ms each way, 1 % of replies reset", || {
        let (redis, proxy) = server_and_line();
        let mut trial = trial(&redis, &proxy).start();
        proxy.set(Link::Slow { delay: Duration::from_millis(50), resets: 0.01 });
        trial.expect_publishing();
        trial.go_on(Duration::from_secs(3));
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

#[test]
fn nothing_arrives() {
    fault("line: nothing arrives for 5 s", || {
        let (redis, proxy) = server_and_line();
        let mut trial = trial(&redis, &proxy).start();
        proxy.set(Link::BlackHole);
        trial.expect_older_news();
        trial.go_on(Duration::from_secs(5));
        proxy.set(Link::Pass);
        trial.healed();
        trial.end()
    });
}

#[test]
fn refused_while_many_programs_try_again() {
    const APPS: usize = 10;
    fault("line: refused, ten programs try again", || {
        let (redis, proxy) = server_and_line();
        let mut trial = trial(&redis, &proxy).apps(APPS).start();
        // Connections for publishing are made when somebody publishes.
        trial.pause_writers();
        let before = proxy.connections().len();
        let refused = Instant::now();
        proxy.set(Link::Refuse);
        trial.expect_stale();
        let attempts = || -> Vec<Duration> {
            proxy.connections().iter().skip(before).map(|instant| instant.duration_since(refused)).collect()
        };
        let late = || attempts().into_iter().filter(|attempt| *attempt > Duration::from_secs(1)).collect::<Vec<_>>();
        until("everyone has tried again a few times", || late().len() >= 2 * APPS);
        let (attempts, late) = (attempts(), late());
        proxy.set(Link::Pass);
        trial.resume_writers();
        trial.healed();
        // Waiting at random below 0.1, 0.2, 0.4 .. seconds makes about four attempts in the first one.
        assert!(attempts.len() - late.len() <= 20 * APPS, "they try again, but not too often: {attempts:?}");
        let together = late.windows(APPS).filter(|ten| ten[APPS - 1] - ten[0] < Duration::from_millis(10)).count();
        assert_eq!(together, 0, "they do not all come at once: {attempts:?}");
        trial.end()
    });
}

fn server_and_line() -> (Redis, Proxy) {
    let redis = Redis::builder().appendonly().start();
    let proxy = Proxy::to(redis.port());
    (redis, proxy)
}

/// Programs that reach the server through the line; the audit goes around it.
fn trial(redis: &Redis, proxy: &Proxy) -> Setup {
    Trial::at(proxy.url()).direct(redis.url())
}
