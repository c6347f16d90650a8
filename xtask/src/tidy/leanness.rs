//! Limits on dependencies: feats without cargo features has no heavy ones, and the core only a few.

/// Crates of SQL, HTTP and command lines, by the start of their names.
const HEAVY: &[&str] = &[
    "aws-",
    "axum",
    "clap",
    "diesel",
    "h2",
    "http",
    "hyper",
    "libsqlite3-sys",
    "mysql",
    "native-tls",
    "object_store",
    "openssl",
    "postgres",
    "redis",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "sqlite",
    "sqlx",
    "thrift",
    "tonic",
    "tower",
    "tungstenite",
    "ureq",
    "warp",
];

/// The crates that the core may depend on, directly or indirectly.
const CORE_DEPENDENCIES: &[&str] = &[
    "arrayvec",
    "block-buffer",
    "cfg-if",
    "cpufeatures",
    "crypto-common",
    "digest",
    "generic-array",
    "itoa",
    "jiff",
    "jiff-core",
    "libc",
    "md-5",
    "memchr",
    "proc-macro2",
    "quote",
    "regex-syntax",
    "rustc-hash",
    "semver",
    "serde",
    "serde_core",
    "serde_derive",
    "serde_json",
    "sha1",
    "sha2",
    "strsim",
    "syn",
    "typenum",
    "unicode-ident",
    "version_check",
    "xxhash-rust",
    "zmij",
];

/// Returns the crates in a listing of the core's dependencies that are not allowed.
pub fn foreign_to_the_core(listing: &str) -> Vec<String> {
    let names = listing.lines().filter_map(|line| line.split_whitespace().next());
    names.filter(|name| *name != "feats-core" && !CORE_DEPENDENCIES.contains(name)).map(str::to_owned).collect()
}

/// Returns the heavy crates in a listing of `cargo tree --prefix none --format {p}`, which has a crate at the start of each line.
pub fn heavy(listing: &str) -> Vec<String> {
    let names = listing.lines().filter_map(|line| line.split_whitespace().next());
    let mut heavy: Vec<_> = names.filter(|name| is_heavy(name)).map(str::to_owned).collect();
    heavy.sort();
    heavy.dedup();
    heavy
}

fn is_heavy(name: &str) -> bool {
    HEAVY.iter().any(|start| {
        name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || start.ends_with('-') || rest.starts_with('-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_dependency_of_the_core_is_found() {
        assert_eq!(foreign_to_the_core("feats-core v0.1.0\nserde v1.0.0\ntokio v1.54.0\n"), ["tokio"]);
    }

    #[test]
    fn heavy_crates_are_found() {
        assert_eq!(
            heavy("feats v0.1.0\nsqlx v0.9.0\nsqlx-core v0.9.0 (*)\nclap v4.6.0\n"),
            ["clap", "sqlx", "sqlx-core"]
        );
        assert!(heavy("feats v0.1.0\nh2o v1.0.0\nring_buffer v1.0.0\nserde v1.0.0\n").is_empty());
    }
}
