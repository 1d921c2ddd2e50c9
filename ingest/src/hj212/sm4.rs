//! Encrypted frames (HJ 212-2025, 6.4 and A.2): SM4 in ECB mode without padding over the whole groups of 16 bytes between
//! `CP=&&` and the closing `&&`; what remains stays clear, and the check sum is that of the plain text.
//!
//! Nothing in a frame says that it is encrypted. The standard prints the groups as `{0xE4,0x3E,...}` beside a length that
//! fits the raw bytes; raw bytes are what is meant, the printed form is read as well. ECB without authentication hides
//! values from those who do not know what they look like, and no more: links over the Internet need TLS or a tunnel.

use std::fmt;

use sm4::Sm4;
use sm4::cipher::{Block, BlockCipherDecrypt as _, KeyInit as _};

/// Bytes of a key and of a group.
const GROUP: usize = 16;

/// A key of a logger. It is never printed.
#[derive(Clone)]
pub struct Key(Sm4);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// The key of 16 bytes.
    #[must_use]
    pub fn new(bytes: [u8; GROUP]) -> Self {
        Self(Sm4::new(&bytes.into()))
    }

    /// Reads 32 hexadecimal digits; none for anything else.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let pairs = text.as_bytes().as_chunks::<2>();
        let bytes: Vec<u8> = pairs.0.iter().map_while(|pair| byte(pair)).collect();
        bytes.try_into().ok().filter(|_| text.len() == 2 * GROUP).map(Self::new)
    }

    /// Reads a key as people write it: 32 hexadecimal digits, or the 16 characters that the standard's examples use.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::from_hex(text).or_else(|| text.as_bytes().try_into().ok().map(Self::new))
    }
}

/// Whether the CP of a data segment is ciphertext in the printed form.
#[must_use]
pub fn is_printed(data: &[u8]) -> bool {
    contents(data).is_some_and(|(_, body, _)| body.starts_with(b"{0x"))
}

/// Deciphers a data segment; none where it has no CP or no whole group. Whether the key was right shows in the check sum.
#[must_use]
pub fn open(data: &[u8], key: &Key) -> Option<Vec<u8>> {
    let (before, body, behind) = contents(data)?;
    let printed = printed(body);
    let (cipher, rest) = match &printed {
        Some((cipher, rest)) => (cipher.as_slice(), *rest),
        None => (body, &[][..]),
    };
    let (groups, clear) = cipher.as_chunks::<GROUP>();
    if groups.is_empty() {
        return None;
    }
    let mut opened = before.to_vec();
    for group in groups {
        let mut block = Block::<Sm4>::from(*group);
        key.0.decrypt_block(&mut block);
        opened.extend_from_slice(&block);
    }
    opened.extend_from_slice(clear);
    opened.extend_from_slice(rest);
    opened.extend_from_slice(behind);
    Some(opened)
}

/// Up to and with `CP=&&`, what it holds, and the closing `&&`.
fn contents(data: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    const BEGIN: &[u8] = b"CP=&&";
    let at = data.windows(BEGIN.len()).position(|part| part == BEGIN)? + BEGIN.len();
    let end = data.len().checked_sub(2).filter(|end| *end >= at && data.ends_with(b"&&"))?;
    Some((data.get(..at)?, data.get(at..end)?, data.get(end..)?))
}

/// The bytes of `{0xE4,0x3E,...}`, and what stands behind it in clear.
fn printed(body: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let inner = body.strip_prefix(b"{")?;
    let end = inner.iter().position(|byte| *byte == b'}')?;
    let (list, rest) = (inner.get(..end)?, inner.get(end + 1..)?);
    let items = list.split(|byte| *byte == b',').map(|item| {
        let item = item.trim_ascii();
        byte(item.strip_prefix(b"0x").or_else(|| item.strip_prefix(b"0X"))?)
    });
    Some((items.collect::<Option<Vec<u8>>>()?, rest))
}

/// Two hexadecimal digits.
fn byte(digits: &[u8]) -> Option<u8> {
    let plain = digits.len() == 2 && digits.iter().all(u8::is_ascii_hexdigit);
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use sm4::cipher::BlockCipherEncrypt as _;

    use super::*;

    const ZEROS: &str = "0000000000000000";

    /// As a logger does it.
    fn seal(data: &str, key: &Key) -> Vec<u8> {
        let (before, body, behind) = contents(data.as_bytes()).unwrap();
        let (groups, rest) = body.as_chunks::<GROUP>();
        let mut sealed = before.to_vec();
        for group in groups {
            let mut block = Block::<Sm4>::from(*group);
            key.0.encrypt_block(&mut block);
            sealed.extend_from_slice(&block);
        }
        [sealed.as_slice(), rest, behind].concat()
    }

    #[test]
    fn the_block_of_the_standards_example_is_met() {
        // HJ 212-2025, A.2 as transcribed: key of 16 times the character 0, block "DataTime=2024052".
        let sealed = seal("CP=&&DataTime=2024052&&", &Key::parse(ZEROS).unwrap());
        let cipher: String = sealed[5..21].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(cipher, "e43e159acfab242cb53155fb8b9281a1");
        // GB/T 32907: key = plain text.
        let key = Key::from_hex("0123456789abcdeffedcba9876543210").unwrap();
        let mut block =
            Block::<Sm4>::from(*b"\x01\x23\x45\x67\x89\xab\xcd\xef\xfe\xdc\xba\x98\x76\x54\x32\x10");
        key.0.encrypt_block(&mut block);
        assert_eq!(block[..4], [0x68, 0x1e, 0xdf, 0x34]);
    }

    #[test]
    fn what_a_logger_seals_is_opened_in_either_form() {
        let key = Key::parse(ZEROS).unwrap();
        for cp in [
            "DataTime=20240520110000;w01018-Rtd=15.2,w01018-Flag=N",
            "DataTime=2024052",
            "1234567890123456789012345678901",
        ] {
            let plain = format!("QN=1;MN=M1;Flag=9;CP=&&{cp}&&");
            let sealed = seal(&plain, &key);
            assert_ne!(sealed, plain.as_bytes());
            assert_eq!(sealed.len(), plain.len());
            assert_eq!(open(&sealed, &key), Some(plain.clone().into_bytes()));
            assert!(!is_printed(&sealed));
            let (before, body, behind) = contents(&sealed).unwrap();
            let (groups, rest) = body.split_at(cp.len() / GROUP * GROUP);
            let list: Vec<String> = groups.iter().map(|byte| format!("0x{byte:02X}")).collect();
            let printed = [before, format!("{{{}}}", list.join(",")).as_bytes(), rest, behind].concat();
            assert!(is_printed(&printed));
            assert_eq!(open(&printed, &key), Some(plain.into_bytes()));
        }
    }

    #[test]
    fn what_holds_no_group_is_left_alone() {
        let key = Key::parse(ZEROS).unwrap();
        for data in [
            "",
            "CP=&&",
            "CP=&&&",
            "CP=&&&&",
            "CP=&&123456789012345&&",
            "QN=1234567890123456",
            "CP=&&{0xE4,0xZZ}&&",
            "CP=&&1234567890123456",
        ] {
            assert_eq!(open(data.as_bytes(), &key), None, "{data}");
        }
    }

    #[test]
    fn keys_are_read_and_not_shown() {
        assert!(Key::parse("30303030303030303030303030303030").is_some());
        for bad in [
            "",
            "000",
            "0000000000000000000000000000000g",
            "000000000000000",
            "+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0+0",
        ] {
            assert!(Key::parse(bad).is_none(), "{bad}");
        }
        assert_eq!(format!("{:?}", Key::parse(ZEROS)), "Some(Key(..))");
    }
}
