//! The draft's form as a browser submits it: parsed from a page, changed and sent.

use axum::http::StatusCode;
use serde_json::Value as Json;

use crate::fixture::{TestConsole, between};

/// The fields of a feature's draft, in page order.
#[derive(Clone)]
pub struct Form {
    console: TestConsole,
    pub page: String,
    fields: Vec<(String, String)>,
}

impl Form {
    /// Opens the page of a feature.
    pub async fn open(console: &TestConsole, feature: &str) -> Self {
        Self::read(console, console.page(&format!("/feature?name={feature}")).await)
    }

    fn read(console: &TestConsole, page: String) -> Self {
        let fields = fields(between(&page, "<form id=\"draft\"", "</form>"));
        Self { console: console.clone(), page, fields }
    }

    /// Sets the value of a field, a radio button or a selection.
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds another value of a field.
    pub fn add(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The values of a field.
    pub fn get(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Applies a step to the draft, like its button.
    pub async fn step(self, step: &str) -> Self {
        let form = self.set("do", step);
        let fields: Vec<(&str, &str)> = form.fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let answer = form.console.post("/feature", &fields).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        Self::read(&form.console, answer.body)
    }

    /// The state of the draft.
    pub fn draft(&self) -> &str {
        self.get("draft").first().copied().unwrap_or_default()
    }

    pub fn state(&self) -> Json {
        serde_json::from_str(self.draft()).expect("JSON")
    }

    /// The field errors on the page.
    pub fn errors(&self) -> Vec<String> {
        let errors = self.page.split("<p class=\"bad\" id=\"wrong-").skip(1);
        let errors = errors.map(|rest| between(rest, ">", "</p>").to_owned()).filter(|error| !error.is_empty());
        errors.collect()
    }

    /// The id of the element that gets the focus.
    pub fn focus(&self) -> Option<&str> {
        let (before, _) = self.page.split_once(" autofocus")?;
        let element = &before[before.rfind('<')?..];
        Some(between(element, "id=\"", "\""))
    }
}

/// Parses the fields that a browser submits: typed values, selections, and checked boxes.
fn fields(form: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    let mut select: Option<(String, Vec<(String, bool)>)> = None;
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').unwrap_or((piece, ""));
        let is = |name: &str| tag == name || tag.starts_with(&format!("{name} "));
        let name = attribute(tag, "name").filter(|_| !has(tag, "disabled"));
        let value = attribute(tag, "value");
        if is("input") {
            let kind = attribute(tag, "type").unwrap_or_default();
            let is_sent = !matches!(&*kind, "radio" | "checkbox") || has(tag, "checked");
            let default = if kind == "checkbox" { "on" } else { "" };
            let value = value.unwrap_or_else(|| default.to_owned());
            fields.extend(name.filter(|_| is_sent).map(|name| (name, value)));
        } else if is("textarea") {
            fields.extend(name.map(|name| (name, decoded(text))));
        } else if is("select") {
            select = name.map(|name| (name, Vec::new()));
        } else if is("option") {
            if let Some((_, options)) = &mut select {
                options.push((value.unwrap_or_default(), has(tag, "selected")));
            }
        } else if is("/select")
            && let Some((name, options)) = select.take()
        {
            let chosen = options.iter().find(|(_, chosen)| *chosen).or(options.first());
            fields.extend(chosen.map(|(value, _)| (name, value.clone())));
        }
    }
    fields
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(decoded(rest.split_once('"')?.0))
}

fn has(tag: &str, name: &str) -> bool {
    tag.split_whitespace().any(|word| word == name)
}

fn decoded(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
