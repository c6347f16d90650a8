//! The process-wide app: there is only one, it decides on every thread, and handles work before it starts.

use feats::{App, ErrorKind, Reason};

#[feats::boolean]
pub fn Search() -> bool {
    false
}

#[test]
fn there_is_one_process_wide_app_and_it_decides_on_every_thread() -> feats::Result<()> {
    assert_eq!(Search::explain().reason(), Reason::NotStarted);
    let app = App::builder().start_blocking()?;
    assert_eq!(App::builder().start_blocking().expect_err("a second one").kind(), ErrorKind::AlreadyStarted);
    assert!(App::current().is_some());
    assert_eq!(Search::explain().reason(), Reason::NoState);

    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without timers or I/O");
    runtime.block_on(app.feature::<Search>().pin(Search::Enabled).author("ada").publish())?;
    drop(app);
    assert!(Search::is_enabled());
    std::thread::spawn(|| assert!(Search::is_enabled())).join().expect("no panic");
    App::builder().detached().start_blocking()?.enter(|| assert!(!Search::is_enabled()));
    let app = App::current().expect("started");
    runtime.block_on(app.feature::<Search>().unpin().publish())?;
    assert!(!Search::is_enabled(), "a thread sees the newest snapshot");
    Ok(())
}
