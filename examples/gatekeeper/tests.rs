//! The gatekeeper over HTTP: what each request gets, and who may change it.

mod site;
mod vectors;

use std::error::Error;

use axum::http::StatusCode;
use feats::web::Key;
use feats_servers::browser::{Browser, Look, available};
use serde_json::json;

use self::site::TestSite;
use crate::flags::{GREETING, LAYOUT, MY_NEW_FEATURE, USER_ID};

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::test]
async fn a_pin_precedes_the_browser_which_precedes_users_who_precede_rules() -> Outcome {
    let site = TestSite::open(false).await?;
    let flag = site.app.flags().author("ada").get(MY_NEW_FEATURE);
    let ada = site.log_in(1);
    let seen = async |cookies: &str| site.variant(MY_NEW_FEATURE, cookies).await;
    assert_eq!(seen(&ada).await?, "VISIBLE", "a rule");
    assert_eq!(seen(&site.log_in(9)).await?, "NOT_VISIBLE", "no rule");
    assert_eq!(seen("").await?, "NOT_VISIBLE", "no user");

    flag.override_for(USER_ID, [1], "NOT_VISIBLE").await?;
    assert_eq!(seen(&ada).await?, "NOT_VISIBLE");
    let previewing = format!("{ada}; {}", site.sign("1", MY_NEW_FEATURE, "VISIBLE").await?);
    assert_eq!(seen(&previewing).await?, "VISIBLE");
    assert_eq!(seen(&ada).await?, "NOT_VISIBLE", "another browser");
    flag.disable().await?;
    assert_eq!((seen(&previewing).await?, seen(&ada).await?), ("VISIBLE".into(), "null".into()));
    flag.enable().await?;
    flag.pin("NOT_VISIBLE").await?;
    assert_eq!(seen(&previewing).await?, "NOT_VISIBLE");
    flag.unpin().await?;
    assert_eq!(seen(&previewing).await?, "VISIBLE");
    Ok(())
}

#[tokio::test]
async fn of_several_overrides_of_a_user_the_first_one_listed_decides() -> Outcome {
    let site = TestSite::open(false).await?;
    let zoe = site.log_in(77);
    for (first, second) in [("VISIBLE", "NOT_VISIBLE"), ("NOT_VISIBLE", "VISIBLE")] {
        let feature = site.app.feature_named(MY_NEW_FEATURE)?;
        let mut state = feature.state();
        let listed = |variant| feats::model::Override::new(USER_ID, [77.into()], variant);
        state.overrides = vec![listed(first), listed(second)];
        feature.edit().replace(state).author("ada").publish().await?;
        assert_eq!(site.variant(MY_NEW_FEATURE, &zoe).await?, first);
    }
    Ok(())
}

#[tokio::test]
async fn the_program_the_request_and_the_session_decide_too() -> Outcome {
    let site = TestSite::open(true).await?;
    assert_eq!(site.variant(MY_NEW_FEATURE, "").await?, "VISIBLE", "in development");
    let ida = site.log_in(9);
    assert_eq!(site.variant(GREETING, &ida).await?, "new");
    assert_eq!(site.variant(GREETING, &ida).await?, "returning", "the second request of the session");
    assert_eq!(site.variant(GREETING, "").await?, "new", "no session");
    let phone = site.get("/", &ida, &[("user-agent", "Mozilla/5.0 (Linux; Android 15) Mobile Safari/537.36")]).await?;
    assert!(phone.text.contains("<main class=\"compact\">"), "{}", phone.text);
    assert_eq!(site.variant(LAYOUT, &ida).await?, "wide");
    Ok(())
}

#[tokio::test]
async fn a_template_shows_the_variants_of_its_request_and_counts_them_once() -> Outcome {
    let site = TestSite::open(false).await?;
    let (ada, ida) = (site.log_in(1), site.log_in(9));
    let previewing = format!("{ida}; {}", site.sign("9", MY_NEW_FEATURE, "VISIBLE").await?);
    for (cookies, is_visible, note) in [(&ada, true, false), (&ida, false, false), (&previewing, true, true)] {
        let page = site.get("/", cookies, &[]).await?;
        assert_eq!(page.text.contains("The new feature</h2>"), is_visible, "{}", page.text);
        assert_eq!(page.text.contains("Only in this browser: MY_NEW_FEATURE is VISIBLE."), note, "{}", page.text);
    }
    site.app.flush().await?;
    let hour = site.app.last_hour().await?;
    let uses = |flag, variant| hour.feature(flag).map_or(0, |series| series.count(variant));
    // The override is not counted, because no state decided.
    assert_eq!([uses(MY_NEW_FEATURE, "VISIBLE"), uses(MY_NEW_FEATURE, "NOT_VISIBLE")], [1, 1]);
    assert_eq!([uses(GREETING, "new"), uses(GREETING, "returning")], [2, 1]);

    site.app.flags().author("ada").get(GREETING).disable().await?;
    assert!(site.get("/", &ada, &[]).await?.text.contains("<h1>Welcome, Ada</h1>"));
    Ok(())
}

#[tokio::test]
async fn only_staff_ask_for_another_user() -> Outcome {
    let site = TestSite::open(false).await?;
    site.app.flags().author("ada").get(MY_NEW_FEATURE).override_for(USER_ID, [77], "VISIBLE").await?;
    let (ada, ida) = (site.log_in(1), site.log_in(9));
    let ask = async |user_id: i64, cookies: &str| {
        site.get(&format!("/variants/{MY_NEW_FEATURE}?user_id={user_id}"), cookies, &[]).await
    };
    let previewing = format!("{ada}; {}", site.sign("1", MY_NEW_FEATURE, "NOT_VISIBLE").await?);
    for cookies in [&ada, &previewing] {
        // The override of this browser is not that of the other user.
        for (user_id, variant) in [(2, "\"VISIBLE\""), (9, "\"NOT_VISIBLE\""), (77, "\"VISIBLE\"")] {
            assert_eq!(ask(user_id, cookies).await?.text, variant);
        }
    }
    for cookies in [&*ida, ""] {
        assert_eq!(ask(9, cookies).await?.status, StatusCode::FORBIDDEN);
        assert_eq!(site.get("/overrides?user_id=9", cookies, &[]).await?.status, StatusCode::FORBIDDEN);
    }
    site.app.flush().await?;
    assert!(site.app.last_hour().await?.feature(MY_NEW_FEATURE).is_none(), "questions are not uses");
    Ok(())
}

#[tokio::test]
async fn only_staff_on_pages_of_the_site_change_overrides() -> Outcome {
    let site = TestSite::open(false).await?;
    let (ada, ida) = (site.log_in(1), site.log_in(9));
    let (own, foreign) = (("sec-fetch-site", "same-origin"), ("sec-fetch-site", "cross-site"));
    let forms = [
        ("/overrides/browser", "flag=MY_NEW_FEATURE&variant=NOT_VISIBLE"),
        ("/overrides/user", "flag=MY_NEW_FEATURE&user_id=9&variant=VISIBLE"),
    ];
    for (path, form) in forms {
        for (cookies, header) in [(&*ada, foreign), (&*ida, own), ("", own)] {
            let refused = site.post(path, form, cookies, header).await?;
            assert_eq!((refused.status, refused.set_cookie), (StatusCode::FORBIDDEN, None));
        }
        assert_eq!(site.post(path, form, &ada, own).await?.status, StatusCode::SEE_OTHER);
    }
    let history = site.app.flags().get(MY_NEW_FEATURE).history().await?;
    assert_eq!(history[0].author(), "Ada");
    assert_eq!(site.variant(MY_NEW_FEATURE, &ida).await?, "VISIBLE");

    for (path, form) in [
        ("/overrides/browser", "flag=MY_NEW_FEATURE&variant=HIDDEN"),
        ("/overrides/browser", "flag=NO_SUCH_FLAG&variant=VISIBLE"),
        ("/overrides/user", "flag=MY_NEW_FEATURE&user_id=9&variant=HIDDEN"),
    ] {
        assert_eq!(site.post(path, form, &ada, own).await?.status, StatusCode::UNPROCESSABLE_ENTITY, "{form}");
    }
    let policy = crate::overrides(Key::generate()?);
    for (actor, is_allowed) in [(Some("1"), true), (Some("9"), false), (Some("Ada"), false), (None, false)] {
        assert_eq!(policy.allows(actor, MY_NEW_FEATURE), is_allowed, "{actor:?}");
    }
    let unknown = site.post("/overrides/user", "flag=NO_SUCH_FLAG&user_id=9&variant=VISIBLE", &ada, own).await?;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    Ok(())
}

#[tokio::test]
async fn the_page_lists_sets_and_clears_overrides() -> Outcome {
    let site = TestSite::open(false).await?;
    let ada = site.log_in(1);
    let own = ("sec-fetch-site", "same-origin");
    let set = site.post("/overrides/browser", "flag=MY_NEW_FEATURE&variant=NOT_VISIBLE", &ada, own).await?;
    let cookies = format!("{ada}; {}", set.set_cookie.ok_or("a cookie")?);
    assert_eq!(site.variant(MY_NEW_FEATURE, &cookies).await?, "NOT_VISIBLE");
    site.post("/overrides/user", "flag=MY_NEW_FEATURE&user_id=77&variant=VISIBLE", &cookies, own).await?;
    let page = site.get("/overrides?user_id=77", &cookies, &[]).await?.text;
    for text in [
        "You get <b>NOT_VISIBLE</b> <small>(override)</small>; user 77 gets <b>VISIBLE</b>.",
        "User 77: <b>VISIBLE</b>",
        "<b>NOT_VISIBLE</b> <small>120 min left</small>",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    site.post("/overrides/user", "flag=MY_NEW_FEATURE&user_id=77", &cookies, own).await?;
    assert_eq!(site.variant(MY_NEW_FEATURE, &site.log_in(77)).await?, "NOT_VISIBLE");
    for form in ["flag=MY_NEW_FEATURE", ""] {
        let cleared = site.post("/overrides/browser", form, &cookies, own).await?;
        assert_eq!(cleared.set_cookie.as_deref(), Some("feats_overrides="));
    }
    Ok(())
}

#[tokio::test]
async fn values_of_operators_cannot_add_markup() -> Outcome {
    let site = TestSite::open(false).await?;
    let greeting = [("new", json!("<script>alert(1)</script>"))];
    let flags = site.app.flags().author("ada");
    flags.get(GREETING).destroy().await?;
    flags.create_variants(GREETING, greeting).enabled().await?;
    let page = site.get("/", "", &[]).await?.text;
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script>"), "{page}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_staff_previews_the_feature_in_one_browser() -> Outcome {
    if !available() {
        return Ok(());
    }
    let site = TestSite::open(false).await?;
    let address = site.serve().await?;
    let browser = Browser::start().await;
    browser.goto(&address).await;
    browser.press("Log in").await;
    browser.until_it_says("main", "You see it in development").await;
    browser.press("Overrides").await;
    browser.choose("#MY_NEW_FEATURE select", "NOT_VISIBLE").await;
    browser.click("#MY_NEW_FEATURE .columns div:first-child button").await;
    browser.until_it_says("#MY_NEW_FEATURE", "You get NOT_VISIBLE (override).").await;
    browser.fill("#MY_NEW_FEATURE input[type=number]", "77").await;
    browser.click("#MY_NEW_FEATURE .columns div:last-child button").await;
    browser.until_it_says("#MY_NEW_FEATURE", "User 77").await;
    browser.fill("#other", "9").await;
    browser.press("Ask").await;
    browser.until_it_says("#MY_NEW_FEATURE", "user 9 gets NOT_VISIBLE").await;
    browser.screenshot("gatekeeper-overrides", Look::default()).await;
    browser.screenshot("gatekeeper-overrides-phone", Look::default().phone()).await;
    let scrolls = "return document.documentElement.scrollWidth > innerWidth";
    browser.show_as(Look::default().phone()).await;
    assert_eq!(browser.run(scrolls).await, false, "the page fits a phone");

    browser.press("Site").await;
    browser.until_it_says("main", "Nothing new").await;
    browser.until_it_says(".note", "Only in this browser: MY_NEW_FEATURE is NOT_VISIBLE.").await;
    browser.screenshot("gatekeeper-site-phone", Look::default().phone()).await;
    browser.screenshot("gatekeeper-site", Look::default()).await;
    Ok(())
}
