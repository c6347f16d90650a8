//! The common name in the subject of a certificate.

/// The tags of DER that lead to the subject.
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const VERSION: u8 = 0xa0;
const OBJECT_IDENTIFIER: u8 = 0x06;

/// The identifier of a common name, 2.5.4.3.
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];

/// The number of fields between the version and the subject: serial number, algorithm, issuer, validity.
const FIELDS_BEFORE_SUBJECT: usize = 4;

/// The maximum length of a name, in characters. A longer one is cut off.
const MAX_CHARACTERS: usize = 100;

/// Returns the common name of a certificate that TLS has verified; `None` if it has none.
pub(super) fn common_name(certificate: &[u8]) -> Option<String> {
    let mut certificate = Reader(Reader(certificate).read(SEQUENCE)?);
    let mut fields = Reader(certificate.read(SEQUENCE)?);
    fields.skip_if(VERSION)?;
    for _ in 0..FIELDS_BEFORE_SUBJECT {
        fields.next()?;
    }
    let mut names = Reader(fields.read(SEQUENCE)?);
    while let Some(name) = names.read(SET) {
        let mut attribute = Reader(Reader(name).read(SEQUENCE)?);
        if attribute.read(OBJECT_IDENTIFIER)? == COMMON_NAME {
            let text = String::from_utf8(attribute.next()?.1.to_vec()).ok()?;
            let text: String = text.chars().filter(|c| !c.is_control()).take(MAX_CHARACTERS).collect();
            return Some(text).filter(|text| !text.is_empty());
        }
    }
    None
}

/// Reads values of DER one after the other.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Returns the next tag and its content.
    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, rest) = self.0.split_first()?;
        let (first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(*first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first - 0x80))?;
                (bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte)), rest)
            }
            _ => return None,
        };
        let (content, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some((*tag, content))
    }

    /// Returns the content of the next value if it has this tag.
    fn read(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.next().filter(|(found, _)| *found == tag).map(|(_, content)| content)
    }

    /// Skips the next value if it has this tag.
    fn skip_if(&mut self, tag: u8) -> Option<()> {
        if self.0.first() == Some(&tag) { self.next().map(drop) } else { Some(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a value of DER.
    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).expect("short");
        let prefix = if length < 0x80 { vec![tag, length] } else { vec![tag, 0x81, length] };
        [prefix, content.to_vec()].concat()
    }

    fn certificate(name: &[u8]) -> Vec<u8> {
        let attribute = |identifier: &[u8], text: &[u8]| {
            der(SET, &der(SEQUENCE, &[der(OBJECT_IDENTIFIER, identifier), der(0x0c, text)].concat()))
        };
        let subject = der(SEQUENCE, &[attribute(&[0x55, 0x04, 0x0a], b"shop"), attribute(COMMON_NAME, name)].concat());
        let before =
            [der(VERSION, &der(2, &[2])), der(2, &[1]), der(SEQUENCE, b""), der(SEQUENCE, b""), der(SEQUENCE, b"")];
        der(SEQUENCE, &der(SEQUENCE, &[before.concat(), subject].concat()))
    }

    #[test]
    fn the_common_name_is_the_author() {
        assert_eq!(common_name(&certificate(b"ada")).as_deref(), Some("ada"));
        assert_eq!(common_name(&certificate("Ada\n Löve".as_bytes())).as_deref(), Some("Ada Löve"));
        assert_eq!(common_name(&certificate(b"")), None);
        assert_eq!(common_name(&certificate(&[0xff])), None);
    }

    #[test]
    fn a_truncated_certificate_has_no_name() {
        let whole = certificate(b"ada");
        for length in 0..whole.len() {
            assert_eq!(common_name(&whole[..length]), None, "{length}");
        }
    }
}
