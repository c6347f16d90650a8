//! Test flags in every state.

use feats::App;
use serde_json::json;

/// A flag with client data, which is enabled.
pub const CHECKOUT: &str = "NEW_CHECKOUT";
/// A disabled flag with a name that is long enough to overflow a narrow page.
pub const LONG: &str = "a_flag_of_a_customer_with_a_name_that_goes_on_and_on_without_a_space_and_does_not_end";
/// An archived flag.
pub const ARCHIVED: &str = "OLD_CHECKOUT";
/// A flag that was destroyed.
pub const DESTROYED: &str = "FIRST_CHECKOUT";

/// Creates flags in every state.
pub async fn create(app: &App) {
    let flags = app.flags().author("grace");
    let data =
        json!({ "ttl": 60, "team": "cart", "links": { "runbook": "https://example.com/runbooks/checkout?step=1" } });
    flags.create(CHECKOUT).enabled().client_data(data).comment("the new checkout").await.expect(CHECKOUT);
    flags.create(LONG).await.expect(LONG);
    let archived = flags.create(ARCHIVED).enabled().await.expect(ARCHIVED);
    archived.archive().comment("replaced by NEW_CHECKOUT").await.expect("archived");
    flags
        .create(DESTROYED)
        .await
        .expect(DESTROYED)
        .destroy()
        .comment("no program asks for it")
        .await
        .expect("destroyed");
}
