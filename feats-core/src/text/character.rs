//! Characters that a reader cannot see, or cannot distinguish from others.

/// Returns the name of a character for messages: `U+200B ZERO WIDTH SPACE`; only the number if the character is not notable.
///
/// ```
/// assert_eq!(feats::text::describe('\u{200b}'), "U+200B ZERO WIDTH SPACE");
/// assert_eq!(feats::text::describe('a'), "U+0061");
/// ```
pub fn describe(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    match NAMES.iter().find(|(known, _)| *known == c).map(|(_, name)| *name).or_else(|| name_of_block(c)) {
        Some(name) => format!("{number} {name}"),
        None => number,
    }
}

/// Returns `true` if a character changes the direction of the text around it.
pub(super) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns `true` if a character is invisible, or only changes the rendering of its neighbors. Control characters are not
/// included.
pub(super) fn is_invisible(c: char) -> bool {
    is_bidi_control(c)
        || is_variation_selector(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}'
            | '\u{2800}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns `true` if a character selects a rendering of the character before it.
pub(super) fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}')
}

/// Returns `true` if a variation selector is usual after a character: a symbol rendered as text or as an emoji.
pub(super) fn is_emoji_base(c: char) -> bool {
    matches!(c, '©' | '®' | '\u{203c}'..='\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

/// Returns `true` for spaces other than U+0020.
pub(super) fn is_unusual_space(c: char) -> bool {
    c != ' ' && !c.is_control() && c.is_whitespace()
}

/// Returns `true` for marks that combine with the letter before them: the two look like a single letter with the mark.
pub(super) fn is_combining_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{3099}' | '\u{309a}' | '\u{1161}'..='\u{11ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Returns the Latin letter or digit that a character of another script, or of full width, looks like.
pub(super) fn latin_twin(c: char) -> Option<char> {
    let full_width = ('\u{ff01}'..='\u{ff5e}').contains(&c);
    if full_width {
        return u32::from(c).checked_sub(0xfee0).and_then(char::from_u32);
    }
    TWINS.iter().find(|(twins, _)| twins.contains(c)).map(|(_, latin)| *latin)
}

/// Letters of Greek, Cyrillic and Armenian, with the Latin letters that they look like.
const TWINS: [(&str, char); 37] = [
    ("ΑА", 'A'),
    ("ΒВ", 'B'),
    ("СϹ", 'C'),
    ("Ԁ", 'D'),
    ("ΕЕ", 'E'),
    ("Ϝ", 'F'),
    ("Ԍ", 'G'),
    ("ΗН", 'H'),
    ("ΙІӀ", 'I'),
    ("ЈͿ", 'J'),
    ("ΚК", 'K'),
    ("ΜМ", 'M'),
    ("Ν", 'N'),
    ("ΟОՕ", 'O'),
    ("ΡР", 'P'),
    ("Ԛ", 'Q'),
    ("ЅՏ", 'S'),
    ("ΤТ", 'T'),
    ("Ս", 'U'),
    ("Ѵ", 'V'),
    ("Ԝ", 'W'),
    ("ΧХ", 'X'),
    ("ΥҮ", 'Y'),
    ("Ζ", 'Z'),
    ("а", 'a'),
    ("сϲ", 'c'),
    ("ԁ", 'd'),
    ("е", 'e'),
    ("һ", 'h'),
    ("іı", 'i'),
    ("јϳ", 'j'),
    ("οоօ", 'o'),
    ("р", 'p'),
    ("ѕ", 's'),
    ("ν", 'v'),
    ("х", 'x'),
    ("у", 'y'),
];

/// The Unicode names of the characters that remarks mention most often.
const NAMES: [(char, &str); 50] = [
    ('\t', "TAB"),
    ('\n', "LINE FEED"),
    ('\r', "CARRIAGE RETURN"),
    ('\0', "NULL"),
    ('\u{1b}', "ESCAPE"),
    ('\u{7f}', "DELETE"),
    ('\u{85}', "NEXT LINE"),
    (' ', "SPACE"),
    ('\u{a0}', "NO-BREAK SPACE"),
    ('\u{ad}', "SOFT HYPHEN"),
    ('\u{300}', "COMBINING GRAVE ACCENT"),
    ('\u{301}', "COMBINING ACUTE ACCENT"),
    ('\u{302}', "COMBINING CIRCUMFLEX ACCENT"),
    ('\u{303}', "COMBINING TILDE"),
    ('\u{308}', "COMBINING DIAERESIS"),
    ('\u{30a}', "COMBINING RING ABOVE"),
    ('\u{30c}', "COMBINING CARON"),
    ('\u{327}', "COMBINING CEDILLA"),
    ('\u{328}', "COMBINING OGONEK"),
    ('\u{34f}', "COMBINING GRAPHEME JOINER"),
    ('\u{61c}', "ARABIC LETTER MARK"),
    ('\u{1680}', "OGHAM SPACE MARK"),
    ('\u{2002}', "EN SPACE"),
    ('\u{2003}', "EM SPACE"),
    ('\u{2007}', "FIGURE SPACE"),
    ('\u{2009}', "THIN SPACE"),
    ('\u{200a}', "HAIR SPACE"),
    ('\u{200b}', "ZERO WIDTH SPACE"),
    ('\u{200c}', "ZERO WIDTH NON-JOINER"),
    ('\u{200d}', "ZERO WIDTH JOINER"),
    ('\u{200e}', "LEFT-TO-RIGHT MARK"),
    ('\u{200f}', "RIGHT-TO-LEFT MARK"),
    ('\u{2028}', "LINE SEPARATOR"),
    ('\u{2029}', "PARAGRAPH SEPARATOR"),
    ('\u{202a}', "LEFT-TO-RIGHT EMBEDDING"),
    ('\u{202b}', "RIGHT-TO-LEFT EMBEDDING"),
    ('\u{202c}', "POP DIRECTIONAL FORMATTING"),
    ('\u{202d}', "LEFT-TO-RIGHT OVERRIDE"),
    ('\u{202e}', "RIGHT-TO-LEFT OVERRIDE"),
    ('\u{202f}', "NARROW NO-BREAK SPACE"),
    ('\u{205f}', "MEDIUM MATHEMATICAL SPACE"),
    ('\u{2060}', "WORD JOINER"),
    ('\u{2066}', "LEFT-TO-RIGHT ISOLATE"),
    ('\u{2067}', "RIGHT-TO-LEFT ISOLATE"),
    ('\u{2068}', "FIRST STRONG ISOLATE"),
    ('\u{2069}', "POP DIRECTIONAL ISOLATE"),
    ('\u{2800}', "BRAILLE PATTERN BLANK"),
    ('\u{3000}', "IDEOGRAPHIC SPACE"),
    ('\u{3164}', "HANGUL FILLER"),
    ('\u{feff}', "ZERO WIDTH NO-BREAK SPACE (BYTE ORDER MARK)"),
];

/// Returns a generic name for characters whose own name is not listed.
fn name_of_block(c: char) -> Option<&'static str> {
    match c {
        '\u{e0000}'..='\u{e007f}' => Some("TAG"),
        '\u{e0100}'..='\u{e01ef}' | '\u{fe00}'..='\u{fe0f}' => Some("VARIATION SELECTOR"),
        '\u{2061}'..='\u{2064}' => Some("INVISIBLE OPERATOR"),
        '\u{370}'..='\u{3ff}' => Some("GREEK LETTER"),
        '\u{400}'..='\u{52f}' => Some("CYRILLIC LETTER"),
        '\u{530}'..='\u{58f}' => Some("ARMENIAN LETTER"),
        '\u{ff01}'..='\u{ff5e}' => Some("FULLWIDTH FORM"),
        c if c.is_control() => Some("CONTROL"),
        c if is_combining_mark(c) => Some("COMBINING MARK"),
        c if is_unusual_space(c) => Some("SPACE"),
        c if is_invisible(c) => Some("INVISIBLE CHARACTER"),
        _ => None,
    }
}
