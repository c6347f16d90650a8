//! The card of the variants of a flag: their names and JSON values.

use maud::{Markup, html};

use super::controls::step;
use super::view::FeatureView;
use crate::components::{excerpt, isolated, swatch, within_budget};
use crate::draft::VariantForm;

/// The markup budget of the list in bytes.
const MAX_BYTES: usize = 96 << 10;
/// The most characters of a value that are shown.
const VALUE_CHARACTERS: usize = 200;

pub(super) fn card(view: &FeatureView<'_>, may_edit: bool) -> Markup {
    let values = &view.draft.state.values;
    let items = values.iter().map(|(name, value)| {
        let is_changed = view.live.values.get(name) != Some(value);
        html! {
            li.row.between.changed[is_changed] {
                span { (swatch(view.declaration(), name)) b { (isolated(name)) } " " code.val { (excerpt(&value.to_string(), VALUE_CHARACTERS)) } }
                @if may_edit { span.row { (buttons(view, name)) } }
            }
        }
    });
    let items = within_budget(items, MAX_BYTES);
    html! {
        section.card aria-labelledby="variants" {
            header { h2 #variants { "Variants" } span.quiet { "named JSON values" } }
            @if values.is_empty() { p.in.quiet { "None: the flag is enabled or disabled." } }
            @else {
                ul.facts.in {
                    @for item in &items { (item) }
                    @if items.len() < values.len() { li.quiet { (values.len() - items.len()) " more" } }
                }
            }
            @if may_edit {
                @let has_form = !values.is_empty() || view.draft.variant != VariantForm::default();
                footer {
                    // Most flags never have a variant.
                    details open[has_form] { summary { "Add or edit a variant" } div.stack { (fields(view)) } }
                }
            }
        }
    }
}

fn buttons(view: &FeatureView<'_>, name: &str) -> Markup {
    let id = format!("{:016x}", xxhash_rust::xxh3::xxh3_64(name.as_bytes()));
    html! {
        (step(view, &format!("variant:{name}"), &format!("variant-edit-{id}"), "Edit", "btn ghost small", &format!("Edit variant {name}")))
        (step(view, &format!("variant-:{name}"), &format!("variant-remove-{id}"), "Remove", "btn ghost small", &format!("Remove variant {name}")))
    }
}

/// Renders the fields of the variant that is edited, or of a new one.
fn fields(view: &FeatureView<'_>) -> Markup {
    let form = &view.draft.variant;
    let is_new = form.of.is_empty();
    let is_first = view.draft.state.values.is_empty();
    html! {
        input #v-of type="hidden" name="v.of" value=(form.of);
        label.f { @if is_new { "New variant" } @else { "Variant " (form.of) ": name" }
            input #v-name name="v.name" value=(form.name) autocomplete="off" autocapitalize="none" maxlength="200" autofocus[view.focuses("v-name")]
                aria-invalid=[form.name_error.as_ref().map(|_| "true")] aria-describedby="wrong-v-name";
        }
        p.bad #wrong-v-name { (form.name_error.as_deref().unwrap_or_default()) }
        label.f { "Value (JSON)"
            textarea #v-json name="v.json" rows=(form.json.lines().count().clamp(2, 16)) spellcheck="false" placeholder="{\"color\": \"black\"}"
                autofocus[view.focuses("v-json")] aria-invalid=[form.json_error.as_ref().map(|_| "true")] aria-describedby="wrong-v-json" { (form.json) }
        }
        p.bad #wrong-v-json { (form.json_error.as_deref().unwrap_or_default()) }
        @if is_first { p.quiet { "The first variant takes the place of enabled everywhere." } }
        div.row {
            (step(view, "variant=", "variant-set", if is_new { "Add the variant" } else { "Set the variant" }, "btn", ""))
            @if !is_new { (step(view, "variant:", "variant-cancel", "Cancel", "btn ghost", "Cancel editing the variant")) }
        }
    }
}
