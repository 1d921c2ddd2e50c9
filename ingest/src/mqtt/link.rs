//! How a connection stands, and why the broker said no.

use std::time::Duration;

use rumqttc::v5::mqttbytes::Error as PacketError;
use rumqttc::v5::mqttbytes::v5::ConnectReturnCode;
use rumqttc::v5::{ConnectionError, StateError, TlsError};
use tokio::sync::watch;

use crate::IngestError;

/// How a connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not yet connected.
    Connecting,
    /// Connected, subscriptions granted.
    Up,
    /// Lost or not reachable; the next attempt follows by itself.
    Down {
        /// The last failure.
        reason: String,
    },
    /// The broker said no. A subscriber goes on trying, because somebody may mend it on the broker's side.
    Refused {
        /// The broker's reason.
        reason: String,
        /// What to do.
        remedy: &'static str,
    },
    /// Shut down.
    Closed,
}

impl Link {
    pub(super) fn after(error: &ConnectionError) -> Self {
        let reason = match error {
            ConnectionError::ConnectionRefused(code) => format!("{code:?}"),
            error => error.to_string(),
        };
        match remedy(error) {
            Some(remedy) => Self::Refused { reason, remedy },
            None => Self::Down { reason },
        }
    }

    /// What a caller who needs the link gets in its present state; none where it may go on or wait.
    pub(super) fn error(&self, broker: &str) -> Option<IngestError> {
        match self {
            Self::Connecting | Self::Up | Self::Down { .. } => None,
            Self::Refused { reason, remedy } => {
                Some(IngestError::Refused { broker: broker.to_owned(), reason: reason.clone(), remedy })
            }
            Self::Closed => Some(IngestError::Closed),
        }
    }
}

/// Waits until the link is up.
pub(super) async fn ready(
    link: &watch::Receiver<Link>,
    broker: &str,
    timeout: Duration,
) -> Result<(), IngestError> {
    let mut link = link.clone();
    let decided = |state: &Link| matches!(state, Link::Up | Link::Refused { .. } | Link::Closed);
    // The state is taken out of the result first: the lock behind it must not be held while the state is read again.
    let state =
        tokio::time::timeout(timeout, link.wait_for(decided)).await.map(|r| r.map(|state| state.clone()));
    match state {
        Ok(Ok(state)) => state.error(broker).map_or(Ok(()), Err),
        Ok(Err(_)) => Err(IngestError::Closed),
        Err(_) => {
            let reason = match &*link.borrow() {
                Link::Down { reason } => reason.clone(),
                _ => "no answer in time".to_owned(),
            };
            Err(IngestError::Unreachable { broker: broker.to_owned(), reason })
        }
    }
}

/// What to do about a refusal; none for failures that pass.
fn remedy(error: &ConnectionError) -> Option<&'static str> {
    use ConnectReturnCode as Code;
    match error {
        ConnectionError::ConnectionRefused(code) => match code {
            Code::BadUserNamePassword
            | Code::NotAuthorized
            | Code::Banned
            | Code::BadAuthenticationMethod => {
                Some("check user and password, and that the broker admits this client")
            }
            Code::BadClientId | Code::ClientIdentifierNotValid => Some("choose another client id"),
            Code::RefusedProtocolVersion | Code::UnsupportedProtocolVersion => {
                Some("use a broker, or a port of it, that speaks MQTT 5")
            }
            _ => None,
        },
        // A certificate that does not convince is reported as invalid data; other failures of the stream pass.
        ConnectionError::Tls(TlsError::Io(error)) if error.kind() != std::io::ErrorKind::InvalidData => None,
        ConnectionError::Tls(_) => Some("check the CA file and that the certificate names this host"),
        ConnectionError::MqttState(
            StateError::OutgoingPacketTooLarge { .. }
            | StateError::Deserialization(
                PacketError::OutgoingPacketTooLarge { .. } | PacketError::PayloadTooLong,
            ),
        ) => Some("raise the packet limit of the broker or send smaller messages"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Error, ErrorKind};

    use super::*;

    #[test]
    fn only_what_somebody_must_mend_is_a_refusal() {
        let check = |error: ConnectionError, refused: bool| {
            assert_eq!(matches!(Link::after(&error), Link::Refused { .. }), refused, "{error}");
        };
        check(ConnectionError::ConnectionRefused(ConnectReturnCode::NotAuthorized), true);
        check(ConnectionError::ConnectionRefused(ConnectReturnCode::ServerUnavailable), false);
        check(ConnectionError::Io(Error::from(ErrorKind::ConnectionRefused)), false);
        check(ConnectionError::Tls(TlsError::Io(Error::from(ErrorKind::ConnectionReset))), false);
        check(ConnectionError::Tls(TlsError::Io(Error::from(ErrorKind::InvalidData))), true);
        check(ConnectionError::Tls(TlsError::NoValidCertInChain), true);
        check(ConnectionError::MqttState(StateError::OutgoingPacketTooLarge { pkt_size: 2, max: 1 }), true);
    }
}
