//! Conditional compilation: of implementations, of handles, and of attributes.

use feats::Feature;

#[feats::feature]
trait Renderer {
    #[cfg(not(test))]
    fn absent() -> u8 {
        missing_function()
    }
    #[default]
    fn plain() -> u8 {
        1
    }
    #[cfg(test)]
    fn fast() -> u8 {
        2
    }
}

#[feats::feature]
trait Alternatives {
    #[cfg(test)]
    #[default]
    fn here() -> u8 {
        1
    }
    #[cfg(not(test))]
    fn here() -> u8 {
        2
    }
}

#[feats::feature]
#[cfg(not(test))]
trait NotThere {
    #[default]
    fn plain(missing: &Missing) -> u8 {
        1
    }
}

#[cfg(not(test))]
#[feats::segment]
trait NorThis {
    fn missing(missing: &Missing) -> u8 {
        1
    }
}

/// A conditional derive on the trait applies to the handle.
#[feats::feature]
#[cfg_attr(test, derive(PartialOrd, Ord))]
trait Ordered {
    #[default]
    fn first() -> u8 {
        1
    }
    fn second() -> u8 {
        2
    }
}

/// A different default on other platforms.
#[feats::feature]
trait OfPlatform {
    #[cfg_attr(unix, default)]
    fn unix() -> u8 {
        1
    }
    #[cfg_attr(not(unix), default)]
    fn other() -> u8 {
        2
    }
}

/// Conditional marks next to others, within others, and under a condition that does not hold.
#[feats::feature(name = "marks under conditions")]
trait Marked {
    #[cfg_attr(all(), cfg_attr(test, default, name = "renamed"), doc = "Documented.")]
    fn plain() -> u8 {
        1
    }
    #[cfg_attr(any(), default)]
    #[cfg_attr(any(), name = "never")]
    #[cfg_attr(all(), doc = "Documented.")]
    fn other() -> u8 {
        2
    }
}

#[test]
fn a_mark_may_have_a_condition() {
    let expected = if cfg!(unix) { OfPlatform::Unix } else { OfPlatform::Other };
    assert_eq!((OfPlatform::DEFAULT, OfPlatform::ALL.len()), (expected, 2));
    assert_eq!(Marked::DEFAULT, Marked::Plain);
    assert_eq!((Marked::Plain.to_string(), Marked::Other.to_string()), ("renamed".to_owned(), "other".to_owned()));
    assert_eq!(Marked::entry().name, "marks under conditions");
}

#[test]
fn an_implementation_that_is_not_compiled_leaves_no_trace() {
    assert_eq!(Renderer::ALL, [Renderer::Plain, Renderer::Fast]);
    let entry = Renderer::entry();
    assert_eq!(entry.implementations.iter().map(|each| each.name).collect::<Vec<_>>(), ["plain", "fast"]);
    assert_eq!((entry.default, Renderer::Fast.position()), (0, 1));
    assert!("absent".parse::<Renderer>().is_err());
    assert_eq!(Renderer::create(), 1);
}

#[test]
fn an_implementation_may_differ_by_platform() {
    assert_eq!(Alternatives::create(), 1);
}

#[test]
fn attributes_reach_the_handle() {
    assert!(Ordered::First < Ordered::Second);
}
