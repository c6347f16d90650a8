//! The time until a publish is visible, and the publishes of several writers.

use std::time::{Duration, Instant};

use feats::model::{Condition, Declaration, Operator, Value, ValueKind};
use feats::{App, Dynamic, FeatureHandle, Result};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::contender::Contender;

/// The number of programs that publish at the same time, each to a feature of its own.
pub const WRITERS: usize = 4;
/// The time for which they publish.
const WRITING_TIME: Duration = Duration::from_secs(5);
/// The time within which a publish must be visible.
const VISIBLE_TIMEOUT: Duration = Duration::from_secs(30);

/// The publishes of several writers.
pub struct Publishes {
    pub per_second: f64,
    /// The number of publishes that the store refused as unavailable.
    pub refused: usize,
}

/// Returns the times from a publish until another program decides by it, in ascending order.
pub async fn visible(contender: &Contender) -> Vec<Duration> {
    let (author, follower) =
        (start(contender, "visible", "Feature").await, start(contender, "visible", "Feature").await);
    let (ours, theirs) = (feature(&author, "Feature"), feature(&follower, "Feature"));
    let (publishes, pause) = contender.publishes();
    let mut times = Vec::new();
    for version in 1..=publishes {
        // Multiples of the golden ratio are spread evenly.
        sleep(pause.mul_f64((f64::from(version) * 0.618_034).fract())).await;
        let begun = Instant::now();
        let arrived = async {
            theirs.wait_for(version.into(), VISIBLE_TIMEOUT).await.expect("arrived");
            begun.elapsed()
        };
        let (published, time) = tokio::join!(publish(&ours, version.is_multiple_of(2)), arrived);
        published.expect("published");
        times.push(time);
    }
    end([author, follower]).await;
    times.sort_unstable();
    times
}

/// Returns the rate at which several programs publish at the same time.
pub async fn throughput(contender: &Contender) -> Publishes {
    let mut apps = Vec::new();
    for writer in 0..WRITERS {
        apps.push(start(contender, "writers", &format!("Feature{writer}")).await);
    }
    let begun = Instant::now();
    let mut writers = JoinSet::new();
    for (writer, app) in apps.iter().enumerate() {
        let feature = feature(app, &format!("Feature{writer}"));
        writers.spawn(async move {
            let (mut published, mut refused) = (0_usize, 0);
            while begun.elapsed() < WRITING_TIME {
                match publish(&feature, (published + refused).is_multiple_of(2)).await {
                    Ok(()) => published += 1,
                    Err(error) if error.is_unavailable() => refused += 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            (published, refused)
        });
    }
    let counts = writers.join_all().await;
    let per_second =
        counts.iter().map(|(published, _)| *published).sum::<usize>() as f64 / begun.elapsed().as_secs_f64();
    end(apps).await;
    Publishes { per_second, refused: counts.iter().map(|(_, refused)| refused).sum() }
}

/// Starts a program with one feature.
pub async fn start(contender: &Contender, area: &str, name: &str) -> App {
    let declaration = Declaration::new(name, ["acme", "premium"]).segment("Country", ValueKind::Text);
    let app = App::builder().store(contender.open(area)).declare(declaration).detached();
    let app = app.start().await.expect("started");
    assert!(app.status().is_live(), "{}: {:?}", contender.name, app.status());
    app
}

fn feature(app: &App, name: &str) -> FeatureHandle<Dynamic> {
    app.feature_named(name).expect("declared")
}

/// Publishes a rule that differs from the last one.
pub async fn publish(feature: &FeatureHandle<Dynamic>, premium: bool) -> Result<()> {
    let canada = Condition::segment("Country", Operator::Eq(Value::from("CA")));
    let choice = if premium { "premium" } else { "acme" };
    feature.edit().rule("Canada", canada, choice).author("ada").publish().await.map(drop)
}

pub async fn end(apps: impl IntoIterator<Item = App>) {
    for app in apps {
        app.shutdown().await.expect("stopped");
    }
}
