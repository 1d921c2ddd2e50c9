//! Data loggers that speak HJ 212 in their own way.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;

use ipnet::IpNet;
use lanbi_model::{Parameter, Unit, Zone};

use crate::hj212::check::CrcPolicy;
use crate::hj212::code;
use crate::hj212::dialect::Dialect;
use crate::hj212::sm4::Key;

/// What is known of one data logger, or of several of one make. The default follows HJ 212-2017.
#[derive(Clone, Debug, Default)]
pub struct Logger {
    /// What they send as MN.
    pub mns: Vec<String>,
    /// Which check sums are taken.
    pub crc: CrcPolicy,
    /// What the letters beside values mean.
    pub dialect: Dialect,
    /// The zone of their clock, where it is not that of the station.
    pub zone: Option<Zone>,
    /// Factor codes that mean something else than in the standard, or nothing there.
    pub codes: HashMap<String, Parameter>,
    /// Units of factor codes that are not those of the standard.
    pub units: HashMap<String, Unit>,
    /// What they must send as PW; anything where there is none.
    pub password: Option<Password>,
    /// Addresses they may connect from; any where none is given.
    pub addresses: Vec<IpNet>,
    /// Keys of encrypted frames (HJ 212-2025), the current one first.
    pub keys: Vec<Key>,
}

impl Logger {
    /// The parameter and the unit of a factor code; none where neither the logger nor the standard says both.
    #[must_use]
    pub fn factor(&self, code: &str) -> Option<(Parameter, Unit)> {
        let known = code::factor(code);
        let (parameter, unit) = match (self.codes.get(code), known) {
            (Some(&parameter), Some((other, unit))) if other == parameter => (parameter, unit),
            (Some(&parameter), _) => (parameter, parameter.unit()),
            (None, known) => known?,
        };
        Some((parameter, self.units.get(code).copied().unwrap_or(unit)))
    }
}

/// A password, which is never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Keeps a password.
    #[must_use]
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// Compares in a time that does not tell how much of it is right.
    fn is(&self, other: &str) -> bool {
        let differ = |(a, b): (u8, u8)| a ^ b;
        let pairs = self.0.bytes().zip(other.bytes());
        self.0.len() == other.len() && pairs.map(differ).fold(0, |all, one| all | one) == 0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Two entries for one MN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mn `{0}` stands in two [[logger]] entries; keep one")]
pub struct MnTwice(pub String);

/// Why a frame is not taken from who sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// PW is another one.
    #[error("PW is not the one of MN `{mn}` in the file of sources; set it on the logger or mend `password`")]
    Password {
        /// MN as sent.
        mn: String,
    },
    /// The address is not one of the logger's.
    #[error("MN `{mn}` may not send from {peer}; add the address to its `addresses` in the file of sources")]
    Address {
        /// MN as sent.
        mn: String,
        /// Where it came from.
        peer: IpAddr,
    },
}

/// Data loggers, by MN. One that is not listed is taken to follow the standard, and from everywhere.
#[derive(Clone, Debug, Default)]
pub struct Loggers {
    all: Vec<Logger>,
    by_mn: HashMap<String, usize>,
    unlisted: Logger,
}

impl Loggers {
    /// Puts loggers in order.
    ///
    /// # Errors
    /// An MN that stands in two of them.
    pub fn new(all: Vec<Logger>) -> Result<Self, MnTwice> {
        let mut by_mn = HashMap::new();
        for (at, logger) in all.iter().enumerate() {
            for mn in &logger.mns {
                if by_mn.insert(mn.clone(), at).is_some() {
                    return Err(MnTwice(mn.clone()));
                }
            }
        }
        Ok(Self { all, by_mn, unlisted: Logger::default() })
    }

    /// Whether none is listed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The MNs listed.
    pub fn mns(&self) -> impl Iterator<Item = &str> {
        self.all.iter().flat_map(|logger| logger.mns.iter().map(String::as_str))
    }

    /// What is known of the logger of an MN.
    #[must_use]
    pub fn of(&self, mn: &str) -> &Logger {
        self.by_mn.get(mn).and_then(|&at| self.all.get(at)).unwrap_or(&self.unlisted)
    }

    /// Whether a frame with this MN and PW is taken; `peer` is where it came from, where that is known.
    ///
    /// # Errors
    /// The password or the address is not the logger's.
    pub fn admits(&self, mn: &str, pw: &str, peer: Option<IpAddr>) -> Result<(), Refusal> {
        let logger = self.of(mn);
        if logger.password.as_ref().is_some_and(|password| !password.is(pw)) {
            return Err(Refusal::Password { mn: mn.to_owned() });
        }
        match peer.map(|peer| peer.to_canonical()) {
            Some(peer)
                if !logger.addresses.is_empty()
                    && !logger.addresses.iter().any(|net| net.contains(&peer)) =>
            {
                Err(Refusal::Address { mn: mn.to_owned(), peer })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logger(mns: &[&str]) -> Logger {
        Logger { mns: mns.iter().map(|mn| (*mn).to_owned()).collect(), ..Logger::default() }
    }

    #[test]
    fn codes_and_units_of_a_logger_stand_before_those_of_the_standard() {
        let codes =
            [("w01017", Parameter::Conductivity), ("PM25", Parameter::Pm25), ("w01018", Parameter::Cod)];
        let units = [("a34004", Unit::NanogramPerCubicMetre), ("a01006", Unit::Hectopascal)];
        let logger = Logger {
            codes: codes.map(|(code, parameter)| (code.to_owned(), parameter)).into(),
            units: units.map(|(code, unit)| (code.to_owned(), unit)).into(),
            ..Logger::default()
        };
        let check = |code: &str, expected: Option<(Parameter, Unit)>| {
            assert_eq!(logger.factor(code), expected, "{code}")
        };
        check("w01017", Some((Parameter::Conductivity, Unit::MicrosiemensPerCentimetre)));
        check("PM25", Some((Parameter::Pm25, Unit::MicrogramPerCubicMetre)));
        check("w01018", Some((Parameter::Cod, Unit::MilligramPerLitre)));
        check("a34004", Some((Parameter::Pm25, Unit::NanogramPerCubicMetre)));
        check("a34002", Some((Parameter::Pm10, Unit::MicrogramPerCubicMetre)));
        check("a01006", Some((Parameter::AirPressure, Unit::Hectopascal)));
        check("TSP", None);
    }

    #[test]
    fn who_may_send_is_told_by_password_and_address() {
        let loggers = Loggers::new(vec![
            Logger {
                password: Some(Password::new("123456".to_owned())),
                addresses: vec!["10.1.0.0/16".parse().unwrap(), "192.0.2.7/32".parse().unwrap()],
                ..logger(&["M1", "M2"])
            },
            logger(&["M3"]),
        ])
        .unwrap();
        let check = |mn: &str, pw: &str, peer: &str, refused: Option<&str>| {
            let outcome = loggers.admits(mn, pw, peer.parse().ok()).map_err(|refusal| refusal.to_string());
            let matches = match (&outcome, refused) {
                (Ok(()), None) => true,
                (Err(text), Some(part)) => text.contains(part),
                _ => false,
            };
            assert!(matches, "{mn} {pw} {peer}: {outcome:?}");
        };
        check("M1", "123456", "10.1.2.3", None);
        check("M2", "123456", "192.0.2.7", None);
        check("M1", "123456", "::ffff:10.1.2.3", None);
        check("M1", "123456", "", None);
        check("M1", "123457", "10.1.2.3", Some("PW is not the one of MN `M1`"));
        check("M1", "", "", Some("PW is not"));
        check("M1", "1234567", "", Some("PW is not"));
        check("M1", "123456", "10.2.0.1", Some("may not send from 10.2.0.1"));
        check("M3", "whatever", "203.0.113.9", None);
        check("unlisted", "", "203.0.113.9", None);
    }

    #[test]
    fn an_mn_stands_once_and_secrets_are_not_shown() {
        assert_eq!(
            Loggers::new(vec![logger(&["M1"]), logger(&["M2", "M1"])]).unwrap_err(),
            MnTwice("M1".to_owned())
        );
        let secret = Logger { password: Some(Password::new("geheim".to_owned())), ..logger(&["M1"]) };
        assert!(!format!("{secret:?}").contains("geheim"));
    }
}
