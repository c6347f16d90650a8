//! Without cargo features, feats depends on nothing heavy.

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

/// The heavy crates in a listing of `cargo tree --prefix none --format {p}`, which names a crate at the start of each
/// line.
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
    fn heavy_crates_are_found() {
        assert_eq!(
            heavy("feats v0.1.0\nsqlx v0.9.0\nsqlx-core v0.9.0 (*)\nclap v4.6.0\n"),
            ["clap", "sqlx", "sqlx-core"]
        );
        assert!(heavy("feats v0.1.0\nh2o v1.0.0\nring_buffer v1.0.0\nserde v1.0.0\n").is_empty());
    }
}
