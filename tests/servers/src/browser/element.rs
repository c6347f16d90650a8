//! Operations on the elements of a page. Each is retried until it succeeds, because the page may be replaced meanwhile.

use fantoccini::Locator;
use fantoccini::actions::{InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;

use super::{Browser, holds_in_time};
use crate::TIMEOUT;

impl Browser {
    /// Returns the first element that matches a CSS selector.
    ///
    /// # Panics
    /// Panics if there is none within a minute.
    pub async fn find(&self, css: &str) -> Element {
        self.locate(Locator::Css(css), css).await
    }

    /// Returns a button or a link by its text.
    ///
    /// # Panics
    /// Panics if there is none within a minute.
    pub async fn named(&self, name: &str) -> Element {
        self.locate(Locator::XPath(&path_to(name)), name).await
    }

    /// Returns `true` if an element matches now.
    pub async fn has(&self, css: &str) -> bool {
        self.client.find(Locator::Css(css)).await.is_ok()
    }

    /// Clicks the element that matches a CSS selector.
    pub async fn click(&self, css: &str) {
        self.act(css, async || self.click_on(Locator::Css(css)).await).await;
    }

    /// Clicks a button or a link by its text.
    pub async fn press(&self, name: &str) {
        let path = path_to(name);
        self.act(name, async || self.click_on(Locator::XPath(&path)).await).await;
    }

    /// Replaces the text of a field, and leaves the field.
    pub async fn fill(&self, css: &str, text: &str) {
        self.act(css, async || {
            let field = self.client.find(Locator::Css(css)).await?;
            field.clear().await?;
            field.send_keys(text).await
        })
        .await;
    }

    /// Chooses an option of a list by its value.
    pub async fn choose(&self, css: &str, value: &str) {
        self.act(css, async || self.client.find(Locator::Css(css)).await?.select_by_value(value).await).await;
    }

    /// Returns the text of an element.
    pub async fn text(&self, css: &str) -> String {
        let mut text = String::new();
        self.act(css, async || {
            text = self.client.find(Locator::Css(css)).await?.text().await?;
            Ok(())
        })
        .await;
        text
    }

    /// Returns the value of a field.
    pub async fn value(&self, css: &str) -> String {
        self.find(css).await.prop("value").await.expect("a field").unwrap_or_default()
    }

    /// Waits until an element contains a text.
    ///
    /// # Panics
    /// Panics if it does not within a minute.
    pub async fn until_it_says(&self, css: &str, text: &str) {
        let mut said = None;
        let says = holds_in_time(async || {
            said = match self.client.find(Locator::Css(css)).await {
                Ok(element) => element.text().await.ok(),
                Err(_) => None,
            };
            said.as_ref().is_some_and(|said| said.contains(text))
        });
        if !says.await {
            self.give_up(&format!("{css} contains {text:?}; it contains {said:?}")).await;
        }
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn keys(&self, keys: impl IntoIterator<Item = char>) {
        let press = |keyboard: KeyActions, key| {
            keyboard.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key })
        };
        let keyboard = keys.into_iter().fold(KeyActions::new("keyboard".to_owned()), press);
        self.client.perform_actions(keyboard).await.expect("keys are pressed");
    }

    /// Drags with the mouse from the middle of one element to that of another.
    pub async fn drag(&self, from: &str, to: &str) {
        let onto = |element| PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
        let (from, to) = (self.find(from).await, self.find(to).await);
        let mouse = MouseActions::new("mouse".to_owned())
            .then(onto(from))
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(onto(to))
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        self.client.perform_actions(mouse).await.expect("the mouse is moved");
    }

    /// Clicks an element, after scrolling it to the middle of the window: an element beneath a bar at the top cannot be clicked.
    async fn click_on(&self, locator: Locator<'_>) -> Result<(), CmdError> {
        let element = self.client.find(locator).await?;
        let itself = serde_json::to_value(&element).map_err(CmdError::Json)?;
        self.client.execute("arguments[0].scrollIntoView({ block: 'center' })", vec![itself]).await?;
        element.click().await
    }

    async fn locate(&self, locator: Locator<'_>, what: &str) -> Element {
        let mut found = None;
        self.act(what, async || {
            found = Some(self.client.find(locator).await?);
            Ok(())
        })
        .await;
        found.expect("an element")
    }

    /// Retries an operation until it succeeds.
    async fn act(&self, what: &str, mut act: impl AsyncFnMut() -> Result<(), CmdError>) {
        let mut last = None;
        let works = holds_in_time(async || {
            last = act().await.err();
            last.is_none()
        });
        if !works.await {
            self.give_up(&format!("{what}: {last:?}")).await;
        }
    }

    async fn give_up(&self, what: &str) -> ! {
        let (address, page) = (self.address().await, self.client.find(Locator::Css("body")).await);
        let page = match page {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(_) => self.source().await,
        };
        panic!("not within {TIMEOUT:?}: {what}\nThe page at {address}:\n{page}")
    }
}

fn path_to(name: &str) -> String {
    format!("//*[self::button or self::a][normalize-space()='{name}' or @aria-label='{name}']")
}
