//! Flags of other systems: arbitrary text is an item or problems, and an item is written, imported and exported.

use std::cell::RefCell;

use feats::flags::{ForeignFlag, flipper, flypper};
use feats::{App, Attributes, Error, attributes};
use tokio::runtime::{Builder, Runtime};

/// The number of imports before the app is replaced, because its history is in memory.
const IMPORTS_FOR_EACH_APP: u32 = 200;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    assert!(flipper::bucket(&["user"], text).is_none_or(|bucket| bucket < 100), "a bucket of Flipper");
    assert!(flypper::bucket(text) < 10_000, "a bucket of Flypper");
    if let Some(item) = checked(flipper::Item::from_json(text)) {
        let written = item.to_json();
        assert_eq!(flipper::Item::from_json(&written).ok().as_ref().map(flipper::Item::to_json), Some(written));
        import(item.into());
    }
    if let Some(flag) = checked(flypper::Flag::from_json(text)) {
        assert_eq!(
            flypper::Flag::from_json(&flag.to_json()).ok().as_ref(),
            Some(&flag),
            "a flag survives its own text"
        );
        import(flag.into());
    }
}

/// Returns what was parsed; an error must have problems.
fn checked<T>(parsed: Result<T, Error>) -> Option<T> {
    parsed.inspect_err(|error| assert!(!error.problems().is_empty(), "{error} has no problem")).ok()
}

struct Site {
    runtime: Runtime,
    app: App,
    imports: u32,
}

impl Site {
    fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let app = runtime.block_on(App::builder().detached().start()).expect("an app starts");
        Self { runtime, app, imports: 0 }
    }
}

fn import(foreign: ForeignFlag) {
    thread_local! {
        static SITE: RefCell<Option<Site>> = const { RefCell::new(None) };
    }
    SITE.with_borrow_mut(|site| {
        let mut current = site.take().filter(|site| site.imports < IMPORTS_FOR_EACH_APP).unwrap_or_else(Site::open);
        current.imports += 1;
        let Site { runtime, app, .. } = &current;
        let flags = app.flags().author("fuzz");
        let previewed = runtime.block_on(flags.import(foreign.clone()).replace().preview());
        let name = foreign.name().to_owned();
        let imported = runtime.block_on(async { flags.import(foreign).replace().await });
        assert_eq!(previewed.is_ok(), imported.is_ok(), "a preview checks what the import checks");
        if let Ok(report) = imported {
            assert!(report.share().is_none_or(|share| (0.0..=100.0).contains(&share)), "{report:?}");
            for subject in [Attributes::new(), attributes! { "user" => 42, "plan" => "pro" }] {
                std::hint::black_box(flags.is_enabled(&name, &subject));
            }
        }
        *site = Some(current);
    });
}
