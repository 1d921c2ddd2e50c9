//! A data logger that speaks HJ 212.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

/// `[[logger]]`: one data logger, or several of one make. What is absent is as HJ 212-2017 says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoggerEntry {
    /// What the loggers send as MN.
    pub mn: Vec<String>,
    /// Which check sums are taken: `standard`, `modbus`, `swapped`, `any` or `off`.
    pub crc: Option<String>,
    /// What the letters beside values mean: `2005`, `2017`, `2025`, `air` or `surface-water`.
    pub dialect: Option<String>,
    /// Zone of the loggers' clock, such as `+08:00`; the station's where it is absent.
    pub zone: Option<String>,
    /// Parameters of factor codes that mean something else than in the standard.
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// Units of factor codes that are not those of the standard.
    #[serde(default)]
    pub units: BTreeMap<String, String>,
    /// What the loggers must send as PW; anything where it is absent.
    pub password: Option<Secret>,
    /// File with that in its first line.
    pub password_file: Option<PathBuf>,
    /// Addresses and networks that the loggers may connect from; any where none is given.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// File with the keys of encrypted frames, one a line: the current one, then the previous one.
    pub key_file: Option<PathBuf>,
    /// Environment variable with the same, separated by blanks.
    pub key_env: Option<String>,
}

/// Text that is never printed.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_read_and_the_password_is_not_shown() {
        let text = r#"
            mn = ["M1"]
            crc = "modbus"
            dialect = "air"
            zone = "+08:00"
            codes = { w01017 = "conductivity" }
            units = { a34004 = "ng/m3" }
            password = "geheim"
            password_file = "pw"
            addresses = ["10.0.0.0/8"]
            key_file = "keys"
            key_env = "LANBI_KEY"
        "#;
        let entry: LoggerEntry = toml::from_str(text).unwrap();
        assert_eq!(entry.password.as_ref().map(Secret::reveal), Some("geheim"));
        assert_eq!(entry.codes["w01017"], "conductivity");
        assert!(!format!("{entry:?}").contains("geheim"));
        assert!(toml::from_str::<LoggerEntry>("mn = []\ncrcs = \"any\"").is_err());
    }
}
