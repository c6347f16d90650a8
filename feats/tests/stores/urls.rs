//! URLs that are not valid: each has an exact message, which repeats nothing of the URL.

use std::error::Error as _;

use feats::{ErrorKind, Result};

/// A product, and how its URLs are written.
struct Product {
    name: &'static str,
    /// Opens a URL, and returns the text that `Debug` shows.
    open: fn(&str) -> Result<String>,
    /// A scheme with encryption.
    scheme: &'static str,
    /// What follows the host.
    path: &'static str,
    schemes: &'static str,
    options: &'static str,
    /// Whether a URL can have a user and a password.
    has_user: bool,
}

const HOST: &str = "the host name is missing or not valid";
const PORT: &str = "the port is not a number from 1 to 65535";
const RESERVED: &str = "in a password or name, write %2F %3F %23 and %40 for / ? # and @";
const PERCENT: &str = "a % has no two hexadecimal digits after it; write %25 for %";
const NOT_UTF_8: &str = "a percent-encoded part is not UTF-8";

const PRODUCTS: &[Product] = &[
    #[cfg(feature = "consul")]
    Product {
        name: "Consul",
        open: |url| feats::store::Consul::open(url).map(|store| format!("{store:?}")),
        scheme: "consuls",
        path: "",
        schemes: "consul:// or consuls://",
        options: "datacenter, ca, cert and key",
        has_user: false,
    },
    #[cfg(feature = "mysql")]
    Product {
        name: "MySQL",
        open: |url| feats::store::MySql::open(url).map(|store| format!("{store:?}")),
        scheme: "mysql",
        path: "/d",
        schemes: "mysql:// or mariadb://",
        options: "prefix, sslmode, ca, cert and key",
        has_user: true,
    },
    #[cfg(feature = "postgres")]
    Product {
        name: "PostgreSQL",
        open: |url| feats::store::Postgres::open(url).map(|store| format!("{store:?}")),
        scheme: "postgres",
        path: "/d",
        schemes: "postgres:// or postgresql://",
        options: "schema, prefix, sslmode, ca, cert and key",
        has_user: true,
    },
    #[cfg(feature = "redis")]
    Product {
        name: "Redis",
        open: |url| feats::store::Redis::open(url).map(|store| format!("{store:?}")),
        scheme: "rediss",
        path: "",
        schemes: "redis://, rediss://, redis+sentinel://, rediss+sentinel://, redis+cluster:// or rediss+cluster://",
        options: "prefix, ca, cert and key",
        has_user: true,
    },
    #[cfg(feature = "thrift")]
    Product {
        name: "Thrift",
        open: |url| feats::flags::ThriftSource::open(url).map(|source| format!("{source:?}")),
        scheme: "thrifts",
        path: "",
        schemes: "thrift:// or thrifts://",
        options: "ca, cert and key",
        has_user: false,
    },
];

#[test]
fn the_grammar_is_the_same_for_every_product() {
    for Product { name, open, scheme, path, schemes, options, has_user } in PRODUCTS {
        let start = format!("it does not start with {schemes}");
        for url in [
            "s3cret",
            "",
            "://u:s3cret@h",
            "http://u:s3cret@h/d",
            &format!("{scheme}:/u:s3cret@h{path}"),
            &format!("{scheme}:u:s3cret@h{path}"),
            &format!("{scheme};//u:s3cret@h{path}"),
            &format!(" {scheme}://u:s3cret@h{path}"),
            &format!("\"{scheme}://u:s3cret@h{path}\""),
            &format!("{}://u:s3cret@h{path}", scheme.to_uppercase()),
            &format!("{scheme}+s3cret://h{path}"),
        ] {
            refuse(*open, url, &format!("this is not a valid {name} URL: {start}"));
        }

        let hosts = [
            ("", HOST),
            (":5", HOST),
            ("s3cret%20h", HOST),
            ("s3cret\\h", HOST),
            ("s3cret\u{7f}", HOST),
            ("u%3As3cret%40h", HOST),
            ("s3cret%", PERCENT),
            ("s3cret%ff", NOT_UTF_8),
            ("h:", PORT),
            ("h:0", PORT),
            ("h:65536", PORT),
            ("h:+5", PORT),
            ("h:-5", PORT),
            ("h:s3cret", PORT),
            ("u:s3cret%40h", PORT),
            ("::1", "an IPv6 address is written in brackets: [::1]"),
            ("[::1", "a `[` has no `]`"),
            ("[::1]s3cret", "`]` must be followed by a port or nothing"),
            ("[::1]:0", PORT),
            ("[s3cret]", "the text in brackets is not an IPv6 address"),
            ("h#s3cret", RESERVED),
        ];
        for (host, why) in hosts {
            refuse(*open, &format!("{scheme}://{host}{path}"), &format!("this is not a valid {name} URL: {why}"));
        }

        let known = format!("the options are {options}");
        for (option, why) in [
            ("s3cret", known.as_str()),
            ("s3cret=1", &known),
            ("password=s3cret", &known),
            ("CA=s3cret", &known),
            ("ca", "the option `ca` has no value"),
            ("ca=", "the option `ca` has no value"),
            ("ca=a&ca=s3cret", "the option `ca` occurs twice"),
            ("ca=s3cret%", PERCENT),
            ("ca=s3cret%4", PERCENT),
            ("ca=s3cret%zz", PERCENT),
            ("ca=s3cret%c3%28", NOT_UTF_8),
            ("ca=s3cret%00", "it contains a NUL character"),
            ("ca=a#s3cret", RESERVED),
            ("cert=s3cret", "cert and key require each other"),
            ("key=s3cret", "cert and key require each other"),
        ] {
            refuse(*open, &format!("{scheme}://h{path}?{option}"), &format!("this is not a valid {name} URL: {why}"));
        }

        if *has_user {
            for (login, why) in [
                ("u:", "the password is empty"),
                ("u:s3/cret", RESERVED),
                ("u:s3?cret", RESERVED),
                ("u:s3#cret", RESERVED),
                ("u:s3cret%", PERCENT),
                ("u:s3cret%ff", NOT_UTF_8),
                ("s3cret%ff:p", NOT_UTF_8),
                ("u:s3cret%00", "it contains a NUL character"),
            ] {
                refuse(
                    *open,
                    &format!("{scheme}://{login}@h{path}"),
                    &format!("this is not a valid {name} URL: {why}"),
                );
            }
        }
    }
}

#[test]
fn a_url_of_consul_can_have_a_token() {
    for (url, why) in [
        ("consul://s3cret@h", "write a token between `:` and `@`, without a user"),
        ("consul://u:s3cret@h", "write a token between `:` and `@`, without a user"),
        ("consul://:@h", "the token is empty"),
        ("consul://:s3%cret@h", PERCENT),
        ("consul://:s3/cret@h", RESERVED),
        ("consul://:s3cret@h?ca=a", "certificates require consuls://"),
        ("consul://:s3cret@h/a%ff", NOT_UTF_8),
    ] {
        refuse_by("Consul", url, why);
    }
    for (url, shown) in [
        ("consul://:s3cret@h", "Consul(consul://h:8500)"),
        (
            "consuls://:s3cret@[2001:db8::1]:1/a%20b?datacenter=dc%2F1",
            "Consul(consuls://[2001:db8::1]:1/a%20b?datacenter=dc/1)",
        ),
    ] {
        show("Consul", url, shown);
    }
}

#[test]
fn a_url_of_redis_can_name_several_servers() {
    for (url, why) in [
        ("redis://s3cret@h", "it has a user without a password; write user:password@"),
        ("redis://@h", "it has a user without a password; write user:password@"),
        ("redis://:s3cret@h/one", "the database is not a number"),
        ("redis://:s3cret@h/-1", "the database is not a number"),
        ("redis://:s3cret@h/1/2", "the database is not a number"),
        ("redis://:s3cret@a,b", "several servers require redis+sentinel:// or redis+cluster://"),
        ("redis+sentinel://:s3cret@a,b", "the name of the service is missing: ://host,host/service"),
        ("redis+sentinel://:s3cret@a,,b/s", HOST),
        ("redis+sentinel://:s3cret@a,b:0/s", PORT),
        ("redis+cluster://:s3cret@a,b/1", "a cluster has only database 0"),
        ("redis+cluster://:s3cret@a,", HOST),
        ("redis://:s3cret@h?ca=a", "certificates require rediss://"),
    ] {
        refuse_by("Redis", url, why);
    }
    for (url, shown) in [
        ("redis://u:s3cret@h", "Redis(redis://h:6379)"),
        (
            "rediss+sentinel://u:s3cret@[::1],b:5/s%20t/2?prefix=a%26b",
            "Redis(rediss+sentinel://[::1]:26379,b:5/s%20t/2?prefix=a%26b)",
        ),
    ] {
        show("Redis", url, shown);
    }
}

#[test]
fn a_url_of_a_database_names_it() {
    for (name, scheme) in [("MySQL", "mysql"), ("PostgreSQL", "postgres")] {
        let long = "a".repeat(49);
        for (rest, why) in [
            ("u:s3cret@h", "the name of the database is missing: ://host/database"),
            ("u:s3cret@h/", "the name of the database is missing: ://host/database"),
            ("u:s3cret@h?prefix=a", "the name of the database is missing: ://host/database"),
            ("u:s3cret@h/a/b", "the name of the database contains a slash"),
            ("u:s3cret@h/a%2Fb", "the name of the database contains a slash"),
            (":s3cret@h/d", "it has a password without a user; write user:password@"),
            ("u:s3cret@%2Frun%0A/d", "the path of the socket is not valid"),
            ("u:s3cret@%2Frun:0/d", PORT),
            ("u:s3cret@h/d?sslmode=prefer", "sslmode is disable or verify-full"),
            ("u:s3cret@h/d?sslmode=disable&ca=a", "certificates require sslmode=verify-full"),
            ("u:s3cret@localhost/d?ca=a", "certificates require sslmode=verify-full"),
            ("u:s3cret@h/d?prefix=A", "a prefix has 1 to 48 lower-case ASCII letters, digits and underscores"),
            ("u:s3cret@h/d?prefix=..", "a prefix has 1 to 48 lower-case ASCII letters, digits and underscores"),
            ("u:s3cret@h/d?prefix=%C3%A4", "a prefix has 1 to 48 lower-case ASCII letters, digits and underscores"),
            ("u:s3cret@h/d?prefix=a%0A", "a prefix has 1 to 48 lower-case ASCII letters, digits and underscores"),
            (
                &format!("u:s3cret@h/d?prefix={long}"),
                "a prefix has 1 to 48 lower-case ASCII letters, digits and underscores",
            ),
        ] {
            refuse_by(name, &format!("{scheme}://{rest}"), why);
        }
    }
    for schema in ["%22", "a%0A", "~", "a%24b", "a%40b", &"a".repeat(64)] {
        let why = "a schema has 1 to 63 bytes, without quotes, control characters, ~, $ and @";
        refuse_by("PostgreSQL", &format!("postgres://u:s3cret@h/d?schema={schema}"), why);
    }
    for (name, url, shown) in [
        ("MySQL", "mariadb://u:s3cret@db/shop?prefix=flags_", "MySql(mysql://db:3306/shop?prefix=flags_)"),
        ("MySQL", "mysql://u@%2Frun%2Fdb.sock/shop", "MySql(mysql:///run/db.sock/shop)"),
        ("PostgreSQL", "postgresql://u:s3cret@[::1]/a%3Fb", "Postgres(postgres://[::1]:5432/a%3Fb)"),
        ("PostgreSQL", "postgres://h/shop?schema=a%26b", "Postgres(postgres://h:5432/shop?schema=a%26b)"),
    ] {
        show(name, url, shown);
    }
}

#[cfg(feature = "s3")]
#[test]
fn a_url_of_s3_names_a_bucket() {
    const LOGIN: &str = "credentials do not belong in the URL; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    const BUCKET: &str = "the name of a bucket has 3 to 63 lower-case letters, digits, dots and hyphens";
    const CHARACTERS: &str = "the prefix has characters other than ASCII letters, digits and - _ . ! ' ( ) /";
    const SEGMENT: &str = "the prefix has a segment that is empty, `.` or `..`";
    for (url, why) in [
        ("http://s3cret", "it does not start with s3://"),
        ("s3://key:s3cret@shop", LOGIN),
        ("s3://shop/a@s3cret", LOGIN),
        ("s3://shop#s3cret", RESERVED),
        ("s3://", BUCKET),
        ("s3:///s3cret", BUCKET),
        ("s3://ab", BUCKET),
        ("s3://S3cret", BUCKET),
        ("s3://shop:80", BUCKET),
        ("s3://[::1]", BUCKET),
        ("s3://s3cret%20", BUCKET),
        ("s3://shop///", SEGMENT),
        ("s3://shop/s3cret//a", SEGMENT),
        ("s3://shop/../s3cret", SEGMENT),
        ("s3://shop/%2E%2E/s3cret", SEGMENT),
        ("s3://shop/s3cret%20a", CHARACTERS),
        ("s3://shop/s3cret%0A", CHARACTERS),
        ("s3://shop/s3cret%C3%A4", CHARACTERS),
        ("s3://shop/s3cret%ff", NOT_UTF_8),
        ("s3://shop/s3cret%2", PERCENT),
        (&format!("s3://shop/{}", "s3cret".repeat(34)), "the prefix has more than 200 bytes"),
        ("s3://shop?secret=s3cret", "the options are region, endpoint and ca"),
        ("s3://shop?region", "the option `region` has no value"),
        ("s3://shop?region=a&region=s3cret", "the option `region` occurs twice"),
        ("s3://shop?region=s3cret/", "a region has letters, digits and hyphens"),
        ("s3://shop?endpoint=s3cret", "the endpoint is not valid: it does not start with https:// or http://"),
        ("s3://shop?endpoint=https://key:s3cret%40h", &format!("the endpoint is not valid: {LOGIN}")),
        ("s3://shop?endpoint=https://h%3Fs3cret=1", "the endpoint is not valid: it has options"),
        ("s3://shop?endpoint=https://", &format!("the endpoint is not valid: {HOST}")),
        ("s3://shop?endpoint=https://h:0", &format!("the endpoint is not valid: {PORT}")),
    ] {
        refuse(open_s3, url, &format!("this is not a valid S3 URL: {why}"));
    }
    let shown = open_s3("s3://shop/eu/?endpoint=http://[::1]:9000/").unwrap();
    assert_eq!(shown, "S3(s3://shop/eu?endpoint=http://[::1]:9000)");
}

#[cfg(feature = "s3")]
fn open_s3(url: &str) -> Result<String> {
    feats::store::S3::open(url).map(|store| format!("{store:?}"))
}

#[test]
fn a_url_of_a_thrift_service_has_neither_users_nor_a_path() {
    const USERS: &str = "the service has no users; client certificates are the options cert and key of thrifts://";
    for (url, why) in [
        ("thrift://u:s3cret@h", USERS),
        ("thrift://h/s3cret@", USERS),
        ("thrift://h/s3cret", "a path is not part of it"),
        ("thrift://h?ca=s3cret", "certificates require thrifts://"),
    ] {
        refuse_by("Thrift", url, why);
    }
}

/// A handle checks these names when it is used, because it can also read what other programs keep under theirs.
#[cfg(all(feature = "consul", feature = "redis"))]
#[tokio::test]
async fn a_prefix_with_odd_characters_is_refused_before_a_server_is_reached() {
    use feats::store::{self, Store};

    let long = "a".repeat(101);
    for (url, message) in [
        (
            "redis://:s3cret@127.0.0.1:1?prefix=a{b}",
            "the prefix must not contain braces, which mark the hash tag of a cluster",
        ),
        ("redis://:s3cret@127.0.0.1:1?prefix=a%20b", "the prefix must not contain spaces or control characters"),
        ("redis://:s3cret@127.0.0.1:1?prefix=a%0Ab", "the prefix must not contain spaces or control characters"),
        (&format!("redis://:s3cret@127.0.0.1:1?prefix={long}"), "the prefix must have 1 to 100 characters"),
        ("consul://:s3cret@127.0.0.1:1/a//b", "the base key must not contain an empty segment, `.` or `..`"),
        ("consul://:s3cret@127.0.0.1:1/../b", "the base key must not contain an empty segment, `.` or `..`"),
        ("consul://:s3cret@127.0.0.1:1/a/%2E", "the base key must not contain an empty segment, `.` or `..`"),
        ("consul://:s3cret@127.0.0.1:1/a%0A", "the base key must not contain control characters"),
        (&format!("consul://:s3cret@127.0.0.1:1/{long}"), "the base key must have 1 to 100 bytes"),
    ] {
        let error = store::open(url).unwrap().load().await.unwrap_err();
        assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{url}");
        assert_no_secret(url, &error);
    }
}

/// Returns a product whose cargo feature is on.
fn product(name: &str) -> Option<&'static Product> {
    PRODUCTS.iter().find(|product| product.name == name)
}

fn show(name: &str, url: &str, shown: &str) {
    if let Some(product) = product(name) {
        assert_eq!((product.open)(url).unwrap(), shown);
    }
}

fn refuse_by(name: &str, url: &str, why: &str) {
    if let Some(product) = product(name) {
        refuse(product.open, url, &format!("this is not a valid {name} URL: {why}"));
    }
}

fn refuse(open: fn(&str) -> Result<String>, url: &str, message: &str) {
    let error = open(url).expect_err(url);
    assert_eq!((error.kind(), error.message()), (ErrorKind::Invalid, message), "{url}");
    assert_no_secret(url, &error);
}

/// Asserts that neither the error nor any of its causes contains a part of the password.
fn assert_no_secret(url: &str, error: &feats::Error) {
    let mut texts = vec![format!("{error}\n{error:?}\n{}", error.report())];
    let mut cause = error.source();
    while let Some(error) = cause {
        texts.push(format!("{error}\n{error:?}"));
        cause = error.source();
    }
    for text in texts {
        assert!(!["s3cret", "S3cret", "cret@"].iter().any(|secret| text.contains(secret)), "{url}: {text}");
    }
}
