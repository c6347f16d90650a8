//! The goods of the shop.

use crate::processors::Cents;

/// An item for sale.
pub(crate) struct Item {
    /// The identifier in forms.
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) price: Cents,
    /// The shapes of an SVG image with a width of 120 and a height of 80.
    pub(crate) picture: &'static str,
}

/// All items.
pub(crate) const SHELF: [Item; 3] = [
    Item {
        id: "anvil",
        name: "Anvil",
        about: "Falls straight down",
        price: Cents(2_500),
        picture: r#"<path class="p1" d="M22 24h62c2 8 10 12 20 12-2 8-14 12-28 12l-4 8h10l4 12H40l4-12h10l-4-8C38 48 26 40 22 24z"/><path class="p2" d="M40 68h46v4H40z"/>"#,
    },
    Item {
        id: "skates",
        name: "Rocket skates",
        about: "Brakes sold separately",
        price: Cents(14_000),
        picture: r#"<path class="p1" d="M38 16h18l4 22 26 6c6 2 8 6 8 12H38z"/><circle class="p2" cx="50" cy="62" r="7"/><circle class="p2" cx="82" cy="62" r="7"/><path class="p3" d="M36 40l-8-4-14 8 12 1-10 7 20 2z"/>"#,
    },
    Item {
        id: "hole",
        name: "Portable hole",
        about: "Goes through anything",
        price: Cents(6_000),
        picture: r#"<ellipse class="p2" cx="60" cy="48" rx="40" ry="16"/><ellipse class="p1" cx="60" cy="46" rx="32" ry="11"/><path class="p3" d="M78 16l4 8 8 4-8 4-4 8-4-8-8-4 8-4z"/>"#,
    },
];

/// Returns the item with this id.
pub(crate) fn find(id: &str) -> Option<&'static Item> {
    SHELF.iter().find(|item| item.id == id)
}
