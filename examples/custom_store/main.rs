//! A store of one's own, held to the contract that every store is held to.
//!
//! ```console
//! $ cargo run --example custom_store
//! $ cargo test -p feats-examples --example custom_store
//! ```
#![expect(clippy::print_stdout, reason = "it is a program for the terminal")]

mod directory;

use std::error::Error;
use std::fs;
use std::time::Duration;

use directory::Directory;
use feats::App;

/// Greets in the language of the season.
#[feats::feature]
trait Greeting {
    #[default]
    fn english() -> &'static str {
        "Hello"
    }
    fn french() -> &'static str {
        "Bonjour"
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let here = App::builder().store(Directory::new(place.path())).detached().start().await?;
    let there = App::builder().store(Directory::new(place.path())).detached().start().await?;

    let greeting = here.feature::<Greeting>();
    greeting.pin(Greeting::French).author("ada").comment("The French are here").publish().await?;
    there.wait_for::<Greeting>(1, Duration::from_secs(5)).await?;
    println!("Another app on the same directory says: {}\n", there.enter(Greeting::create));

    greeting.unpin().author("ada").comment("They have left").publish().await?;
    let mut files: Vec<_> = fs::read_dir(place.path())?.collect::<Result<_, _>>()?;
    files.sort_by_key(|file| file.file_name());
    for file in files {
        println!("{}:\n{}\n", file.file_name().display(), fs::read_to_string(file.path())?);
    }
    Ok(())
}

/// The suite opens each of its places several times, as several processes would.
#[cfg(test)]
#[tokio::test(flavor = "multi_thread")]
async fn directory_keeps_the_contract() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().to_owned();
    feats::store::contract::run(move |place| Directory::new(path.join(place))).await;
}
