//! The faults that every server can have. `cargo xtask faults` tries all of them, and each test run a part.

use feats_servers::{Consul, MariaDb, Moto, Postgres, Redis};

use crate::harness::is_tried;
use crate::{network, process, refusals};

/// Declares tests of faults of a server: those of every test run, and those that are left out of it.
macro_rules! faults {
    ($module:ident, $server:ty, always: [$($always:ident::$fault:ident),*], rest: [$($rest:ident::$left:ident),*]) => {
        mod $module {
            use super::*;

            $(
                #[test]
                fn $fault() {
                    $always::$fault::<$server>();
                }
            )*
            $(
                #[test]
                fn $left() {
                    if is_tried(concat!(stringify!($module), "::", stringify!($left))) {
                        $rest::$left::<$server>();
                    }
                }
            )*
        }
    };
}

#[rustfmt::skip]
faults!(
    redis, Redis,
    always: [
        process::killed_and_restarted_with_its_data, process::stopped_for_five_seconds, network::cut_in_mid_reply,
        network::slow_with_occasional_resets, network::nothing_arrives, network::refused_while_many_programs_retry
    ],
    rest: []
);

#[rustfmt::skip]
faults!(
    postgres, Postgres,
    always: [process::killed_and_restarted_with_its_data],
    rest: [
        process::stopped_for_five_seconds, network::cut_in_mid_reply, network::slow_with_occasional_resets,
        network::nothing_arrives, network::refused_while_many_programs_retry, refusals::full_disk
    ]
);

#[rustfmt::skip]
faults!(
    mariadb, MariaDb,
    always: [process::killed_and_restarted_with_its_data],
    rest: [
        process::stopped_for_five_seconds, network::cut_in_mid_reply, network::slow_with_occasional_resets,
        network::nothing_arrives, network::refused_while_many_programs_retry, refusals::full_disk
    ]
);

#[rustfmt::skip]
faults!(
    consul, Consul,
    always: [process::killed_and_restarted_with_its_data],
    rest: [
        process::stopped_for_five_seconds, network::cut_in_mid_reply, network::slow_with_occasional_resets,
        network::nothing_arrives, network::refused_while_many_programs_retry
    ]
);

// Moto keeps everything in memory, so it is not killed.
#[rustfmt::skip]
faults!(
    s3, Moto,
    always: [network::cut_in_mid_reply],
    rest: [
        process::stopped_for_five_seconds, network::slow_with_occasional_resets, network::nothing_arrives,
        network::refused_while_many_programs_retry
    ]
);
