//! The process-wide app counts uses on all threads, from its start.

use std::time::Duration;

use feats::App;
use feats::store::Memory;

use crate::fixture::{User, counted};

/// Used only by this test, because all tests share the process-wide app.
#[feats::feature]
pub trait Salute {
    #[default]
    fn bow(user: &User) -> u64 {
        user.id
    }
    fn wave(user: &User) -> u64 {
        user.id + 1
    }
}

#[tokio::test]
async fn the_process_wide_app_counts_from_its_start_with_and_without_a_state() {
    let salute = || Salute::create(&User { id: 1 });
    salute();
    let interval = Duration::from_secs(3_600);
    let app = App::builder().store(Memory::new()).usage_interval(interval).start().await.expect("an app starts");
    assert_eq!(counted::<Salute>(&app).await, [0, 0]);

    assert_eq!(salute() + salute(), 2);
    Salute::used_implementation(Salute::Wave, &User { id: 1 });
    Salute::create_async(&User { id: 1 }).await;
    app.scope().enter(salute);
    app.enter(salute);
    feats::in_current_scope(async { salute() }).await;
    std::thread::spawn(salute).join().expect("no panic");
    assert_eq!(counted::<Salute>(&app).await, [7, 1]);

    app.feature::<Salute>().pin(Salute::Wave).publish().await.expect("published");
    assert_eq!(salute() + salute(), 4);
    Salute::used_implementation(Salute::Bow, &User { id: 1 });
    Salute::create_async(&User { id: 1 }).await;
    app.scope().enter(salute);
    feats::testing::with(Salute::Bow, salute);
    App::builder().detached().start().await.expect("another one").enter(salute);
    assert_eq!(counted::<Salute>(&app).await, [8, 5]);
}
