//! SHA-1 (RFC 3174) and MD5 (RFC 1321) as in their specifications, and their digests as decimal digits.

/// Returns the SHA-1 of bytes.
pub(super) fn sha1(bytes: &[u8]) -> Vec<u8> {
    let mut state: [u32; 5] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476, 0xC3D2_E1F0];
    for block in padded(bytes, u64::to_be_bytes).chunks(64) {
        let mut words: Vec<u32> = block.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap())).collect();
        for index in 16..80 {
            words.push((words[index - 3] ^ words[index - 8] ^ words[index - 14] ^ words[index - 16]).rotate_left(1));
        }
        let [mut a, mut b, mut c, mut d, mut e] = state;
        for (index, word) in words.into_iter().enumerate() {
            let (mixed, constant) = match index / 20 {
                0 => ((b & c) | (!b & d), 0x5A82_7999),
                1 => (b ^ c ^ d, 0x6ED9_EBA1),
                2 => ((b & c) | (b & d) | (c & d), 0x8F1B_BCDC),
                _ => (b ^ c ^ d, 0xCA62_C1D6_u32),
            };
            let next = sum([a.rotate_left(5), mixed, e, word, constant]);
            (a, b, c, d, e) = (next, a, b.rotate_left(30), c, d);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d, e]) {
            *sum = sum.wrapping_add(part);
        }
    }
    state.into_iter().flat_map(u32::to_be_bytes).collect()
}

/// Returns the MD5 of bytes.
pub(super) fn md5(bytes: &[u8]) -> Vec<u8> {
    const ROTATIONS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state: [u32; 4] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476];
    for block in padded(bytes, u64::to_le_bytes).chunks(64) {
        let words: Vec<u32> = block.chunks(4).map(|word| u32::from_le_bytes(word.try_into().unwrap())).collect();
        let [mut a, mut b, mut c, mut d] = state;
        for (step, number) in (0..64_usize).zip(1_u32..) {
            let (mixed, word) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((b & d) | (c & !d), 5 * step + 1),
                2 => (b ^ c ^ d, 3 * step + 5),
                _ => (c ^ (b | !d), 7 * step),
            };
            let constant = (f64::from(number).sin().abs() * 4_294_967_296.0).floor() as u32;
            let rotation = ROTATIONS[step / 16][step % 4];
            let next = sum([a, mixed, words[word % 16], constant]).rotate_left(rotation).wrapping_add(b);
            (a, b, c, d) = (d, next, b, c);
        }
        for (sum, part) in state.iter_mut().zip([a, b, c, d]) {
            *sum = sum.wrapping_add(part);
        }
    }
    state.into_iter().flat_map(u32::to_le_bytes).collect()
}

/// Appends a bit, zeros, and the number of bits, up to a multiple of 64 bytes.
fn padded(bytes: &[u8], length: fn(u64) -> [u8; 8]) -> Vec<u8> {
    let mut padded = bytes.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    padded.extend(length(8 * bytes.len() as u64));
    padded
}

fn sum<const COUNT: usize>(numbers: [u32; COUNT]) -> u32 {
    numbers.into_iter().fold(0, u32::wrapping_add)
}

/// Returns the last decimal digits of a digest, which is a big-endian integer. They are its remainder by a power of ten.
pub(super) fn last_decimal_digits(digest: &[u8], count: usize) -> u32 {
    let mut decimal = vec![0_u32];
    for byte in digest {
        let mut carry = u32::from(*byte);
        for digit in &mut decimal {
            let shifted = *digit * 256 + carry;
            (*digit, carry) = (shifted % 10, shifted / 10);
        }
        while carry > 0 {
            decimal.push(carry % 10);
            carry /= 10;
        }
    }
    decimal.into_iter().take(count).rev().fold(0, |number, digit| 10 * number + digit)
}

#[test]
fn the_digests_are_those_of_the_specifications() {
    let hex = |digest: Vec<u8>| digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    for (text, sha1_of, md5_of) in [
        ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709", "d41d8cd98f00b204e9800998ecf8427e"),
        ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d", "900150983cd24fb0d6963f7d28e17f72"),
    ] {
        assert_eq!([hex(sha1(text.as_bytes())), hex(md5(text.as_bytes()))], [sha1_of, md5_of]);
    }
    assert_eq!([1, 2, 3].map(|count| last_decimal_digits(&[1, 0, 7], count)), [3, 43, 543]);
}
