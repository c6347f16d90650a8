//! A program with an experiment on Redis, as it was written before feats: it compiles and passes unchanged.

use std::process::Command;

#[path = "experiments.rs"]
#[rustfmt::skip]
mod experiments_contract;

/// Without the address of a Redis, the program does nothing and calls that a success. So it is run with one.
#[test]
fn it_passes_on_a_real_redis() {
    if !feats_servers::available() {
        return;
    }
    let server = feats_servers::Redis::start();
    let program = "experiments_contract::a_used_implementation_is_kept";
    let mut command = Command::new(std::env::current_exe().expect("this test"));
    let output = command.args(["--exact", program]).env("FEATS_TEST_REDIS", server.url()).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    let written: u64 = server.command(&["EXISTS", "{contract}:current"]);
    assert_eq!(written, 1, "it wrote to this server");
}
