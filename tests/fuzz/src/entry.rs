//! Stored revisions: their bytes, and their effect in an app.

use std::cell::RefCell;

use feats::App;
use feats::model::{Entry, FORMAT, Hash, Header};
use feats::store::{Memory, RevisionStamp, Store};
use feats::{State, Timestamp};
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};

use crate::state;
use crate::world::payments;

/// The number of inputs before the app is replaced, because its history is in memory.
const INPUTS_FOR_EACH_APP: u32 = 500;

pub(crate) fn run(bytes: &[u8]) {
    let stored = Entry {
        feature: "Payments".to_owned(),
        version: 1,
        id: "1".to_owned(),
        hash: Hash::chained(&Hash::default(), bytes),
        removed: false,
        bytes: bytes.to_vec(),
    };
    if let Ok(revision) = stored.decode() {
        state::check(&State::from_json(revision.state_json()));
    }
    // The input is the state of an otherwise valid revision, which is quarantined or decides.
    let Some(json) = std::str::from_utf8(bytes).ok().and_then(|text| serde_json::from_str::<&RawValue>(text).ok())
    else {
        return;
    };
    thread_local! {
        static SITE: RefCell<Option<Site>> = const { RefCell::new(None) };
    }
    SITE.with_borrow_mut(|site| {
        let mut current = site.take().filter(|site| site.inputs < INPUTS_FOR_EACH_APP).unwrap_or_else(Site::open);
        current.append(json);
        *site = Some(current);
    });
}

/// An app, and its store, to which another program writes.
struct Site {
    runtime: Runtime,
    app: App,
    store: Memory,
    newest: RevisionStamp,
    inputs: u32,
}

impl Site {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = Memory::new();
        let app = App::builder().store(store.clone()).declare(payments()).detached();
        let app = runtime.block_on(app.start()).expect("an app starts");
        Self { runtime, app, store, newest: RevisionStamp::default(), inputs: 0 }
    }

    fn append(&mut self, json: &RawValue) {
        self.inputs += 1;
        let header = Header {
            format: FORMAT,
            feature: "Payments".to_owned(),
            version: self.newest.version + 1,
            id: self.inputs.to_string(),
            previous: self.newest.hash,
            author: "fuzz".to_owned(),
            comment: String::new(),
            time: Timestamp::from_millis(0),
        };
        let Ok(entry) = Entry::encode(&header, Some(&json)) else { return };
        self.runtime.block_on(async {
            self.store.append(self.newest, &entry).await.expect("the store in memory is always available");
            let feature = self.app.feature_named("Payments").expect("the feature is declared");
            // Every revision is applied or quarantined.
            while feature.version() < entry.version {
                tokio::time::sleep(std::time::Duration::from_micros(50)).await;
            }
            let quarantined = !self.app.status().quarantined.is_empty();
            let decision = feature.explain(&crate::world::ada());
            assert!(quarantined || decision.version() <= Some(entry.version), "{decision:?}");
        });
        self.newest = RevisionStamp::after(&entry);
    }
}
