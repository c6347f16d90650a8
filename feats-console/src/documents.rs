//! Doctests of the README and of the book. They are in this crate because some of them show the console.

#[doc = include_str!("../../README.md")]
pub struct Readme;

#[doc = include_str!("../../docs/README.md")]
pub struct Book;

#[doc = include_str!("../../docs/ten-minutes.md")]
pub struct TenMinutes;

#[doc = include_str!("../../docs/concepts.md")]
pub struct Concepts;

#[doc = include_str!("../../docs/glossary.md")]
pub struct Glossary;

#[doc = include_str!("../../docs/other-systems.md")]
pub struct OtherSystems;

#[doc = include_str!("../../docs/operations/README.md")]
pub struct Operations;

#[doc = include_str!("../../docs/operations/kill-switch.md")]
pub struct OperationsKillSwitch;

#[doc = include_str!("../../docs/operations/roll-back.md")]
pub struct OperationsRollBack;

#[doc = include_str!("../../docs/operations/one-country.md")]
pub struct OperationsOneCountry;

#[doc = include_str!("../../docs/operations/one-user.md")]
pub struct OperationsOneUser;

#[doc = include_str!("../../docs/operations/rollout.md")]
pub struct OperationsRollout;

#[doc = include_str!("../../docs/operations/split-mismatch.md")]
pub struct OperationsSplitMismatch;

#[doc = include_str!("../../docs/operations/quarantine.md")]
pub struct OperationsQuarantine;

#[doc = include_str!("../../docs/operations/store-unreachable.md")]
pub struct OperationsStoreUnreachable;

#[doc = include_str!("../../docs/operations/store-lost-data.md")]
pub struct OperationsStoreLostData;

#[doc = include_str!("../../docs/operations/incompatible-instance.md")]
pub struct OperationsIncompatibleInstance;

#[doc = include_str!("../../docs/operations/conflict.md")]
pub struct OperationsConflict;

#[doc = include_str!("../../docs/operations/stale-features.md")]
pub struct OperationsStaleFeatures;

#[doc = include_str!("../../docs/operations/audit.md")]
pub struct OperationsAudit;

#[doc = include_str!("../../docs/operations/browser-preview.md")]
pub struct OperationsBrowserPreview;

#[doc = include_str!("../../docs/moving-over.md")]
pub struct MovingOver;

#[doc = include_str!("../../docs/flags.md")]
pub struct Flags;

#[doc = include_str!("../../docs/operations/flags.md")]
pub struct OperationsFlags;

#[doc = include_str!("../../docs/web.md")]
pub struct Web;

#[doc = include_str!("../../docs/testing.md")]
pub struct Testing;

#[doc = include_str!("../../docs/deploying.md")]
pub struct Deploying;

#[doc = include_str!("../../docs/security.md")]
pub struct Security;

#[doc = include_str!("../../docs/limits.md")]
pub struct Limits;

#[doc = include_str!("../../docs/formats.md")]
pub struct Formats;

#[doc = include_str!("../../docs/performance.md")]
pub struct Performance;

#[doc = include_str!("../../docs/faults.md")]
pub struct Faults;

#[doc = include_str!("../../docs/stores/README.md")]
pub struct Stores;

#[doc = include_str!("../../docs/stores/sqlite.md")]
pub struct StoresSqlite;

#[doc = include_str!("../../docs/stores/consul.md")]
pub struct StoresConsul;

#[doc = include_str!("../../docs/stores/redis.md")]
pub struct StoresRedis;

#[doc = include_str!("../../docs/stores/s3.md")]
pub struct StoresS3;

#[doc = include_str!("../../docs/stores/thrift.md")]
pub struct StoresThrift;

#[doc = include_str!("../../docs/stores/wrappers.md")]
pub struct StoresWrappers;

#[doc = include_str!("../../docs/stores/postgres.md")]
pub struct StoresPostgres;

#[doc = include_str!("../../docs/stores/mysql.md")]
pub struct StoresMySql;
