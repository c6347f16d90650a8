//! Visibility: a handle and its functions have the visibility of the item.

use crate::ada;

mod declared {
    use crate::User;

    #[feats::feature]
    pub(super) trait Above {
        #[default]
        fn plain(user: &User) -> u64 {
            user.id
        }
    }

    #[feats::boolean]
    pub(in crate::visibility) fn Within(user: &User) -> bool {
        user.id == 1
    }

    pub(super) mod deeper {
        #[feats::feature]
        trait Private {
            #[default]
            fn plain() -> u8 {
                1
            }
        }

        /// A public handle may have an input of a private type.
        pub struct Exported;

        struct Secret;

        #[feats::feature]
        pub trait Public {
            #[default]
            fn plain(_secret: &Secret, _exported: &Exported) -> u8 {
                2
            }
        }

        #[feats::segment]
        pub trait PublicSegment {
            const OPTIONS: &[&str] = &["a"];
            fn secret(_secret: &Secret) -> &str {
                "a"
            }
        }

        pub(in crate::visibility) fn private_and_public() -> (u8, u8) {
            (Private::create(), Public::create(&Secret, &Exported))
        }
    }
}

#[test]
fn a_handle_has_the_visibility_of_its_item() {
    assert_eq!(declared::Above::create(&ada()), 1);
    assert!(declared::Within::is_enabled(&ada()));
    assert_eq!(declared::deeper::private_and_public(), (1, 2));
    assert_eq!(declared::deeper::PublicSegment::OPTIONS, ["a"]);
}
