//! A custom store, tested with the contract suite of all stores.
//!
//! ```console
//! $ cargo run --example custom_store
//! $ cargo test -p feats-examples --example custom_store
//! ```
#![expect(clippy::print_stdout, reason = "a command-line program")]

mod directory;

use std::error::Error;
use std::fs;
use std::time::Duration;

use directory::Directory;
use feats::App;

/// The greeting.
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
    let directory = tempfile::tempdir()?;
    let first = App::builder().store(Directory::new(directory.path())).detached().start().await?;
    let second = App::builder().store(Directory::new(directory.path())).detached().start().await?;

    let greeting = first.feature::<Greeting>();
    greeting.pin(Greeting::French).author("ada").comment("French visitors").publish().await?;
    second.wait_for::<Greeting>(1, Duration::from_secs(5)).await?;
    println!("Greeting of another app on the same directory: {}\n", second.enter(Greeting::create));

    greeting.unpin().author("ada").comment("The visit is over").publish().await?;
    let mut files: Vec<_> = fs::read_dir(directory.path())?.collect::<Result<_, _>>()?;
    files.sort_by_key(|file| file.file_name());
    for file in files {
        println!("{}:\n{}\n", file.file_name().display(), fs::read_to_string(file.path())?);
    }
    Ok(())
}

/// The suite opens each store several times, as several processes would.
#[cfg(test)]
#[tokio::test(flavor = "multi_thread")]
async fn directory_meets_the_contract() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().to_owned();
    feats::store::contract::run(move |name| Directory::new(path.join(name))).await;
}
