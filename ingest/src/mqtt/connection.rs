//! One connection to the broker: packets in, packets out, neither waiting for the other.
//!
//! The client library's own loop sends one packet at a time and, while many come in, far fewer than come in.
//! Acknowledgements then pile up, and so do messages: Mosquitto (seen in 2.0.11) sends up to a whole receive maximum
//! more for every single acknowledgement. Here acknowledgements go out together, as many as are due, and nothing is read
//! for which there is no room. Packets are still read and written by the library.

use std::time::Duration;

use bytes::BytesMut;
use rumqttc::tokio_rustls::{TlsConnector, rustls::pki_types::ServerName};
use rumqttc::v5::mqttbytes::Error as PacketError;
use rumqttc::v5::mqttbytes::v5::{ConnAck, Connect, ConnectReturnCode, Packet};
use rumqttc::v5::{ConnectionError, MqttOptions, StateError, TlsError};
use rumqttc::{TlsConfiguration, Transport};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::net::TcpStream;

/// Bytes read at a time, at least.
const READ: usize = 64 << 10;

/// TCP, or TLS over it.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection on which the broker has said yes.
pub(super) struct Connection {
    pub(super) input: Input,
    pub(super) output: Output,
    /// The broker's answer.
    pub(super) connack: ConnAck,
    /// Time between two signs of life that the broker expects at most.
    pub(super) keep_alive: Duration,
}

/// What comes.
pub(super) struct Input {
    reader: ReadHalf<Box<dyn Stream>>,
    read: BytesMut,
    max_packet: Option<u32>,
}

/// What goes.
pub(super) struct Output {
    writer: WriteHalf<Box<dyn Stream>>,
    waiting: BytesMut,
    is_flushed: bool,
}

impl Connection {
    /// Connects and asks to be let in.
    pub(super) async fn open(options: &MqttOptions) -> Result<Self, ConnectionError> {
        tokio::time::timeout(Duration::from_secs(options.connection_timeout()), Self::enter(options)).await?
    }

    async fn enter(options: &MqttOptions) -> Result<Self, ConnectionError> {
        let (reader, writer) = split(stream(options).await?);
        let max_packet = options.max_packet_size();
        let mut input = Input { reader, read: BytesMut::with_capacity(READ), max_packet };
        let mut output = Output { writer, waiting: BytesMut::new(), is_flushed: true };
        let connect = Connect {
            client_id: options.client_id(),
            keep_alive: u16::try_from(options.keep_alive().as_secs()).unwrap_or(u16::MAX),
            clean_start: options.clean_start(),
            properties: options.connect_properties(),
        };
        output.put(&Packet::Connect(connect, None, options.credentials()))?;
        while output.has_something() {
            output.send().await?;
        }
        let answer = loop {
            match input.next_packet()? {
                Some(packet) => break packet,
                None => input.fill().await?,
            }
        };
        let connack = match answer {
            Packet::ConnAck(connack) if connack.code == ConnectReturnCode::Success => connack,
            Packet::ConnAck(connack) => return Err(ConnectionError::ConnectionRefused(connack.code)),
            other => return Err(ConnectionError::NotConnAck(Box::new(other))),
        };
        let told = connack.properties.as_ref().and_then(|told| told.server_keep_alive);
        let keep_alive = told.map_or(options.keep_alive(), |told| Duration::from_secs(told.into()));
        Ok(Self { input, output, connack, keep_alive })
    }
}

async fn stream(options: &MqttOptions) -> Result<Box<dyn Stream>, ConnectionError> {
    let (host, port) = options.broker_address();
    let tcp = TcpStream::connect(format!("{host}:{port}")).await?;
    tcp.set_nodelay(true)?;
    match options.transport() {
        Transport::Tcp => Ok(Box::new(tcp)),
        Transport::Tls(TlsConfiguration::Rustls(config)) => {
            let name = ServerName::try_from(host).map_err(TlsError::from)?;
            let tls = TlsConnector::from(config).connect(name, tcp).await.map_err(TlsError::from)?;
            Ok(Box::new(tls))
        }
        _ => Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into()),
    }
}

impl Input {
    /// The next packet of what was read; none if it is not whole yet.
    pub(super) fn next_packet(&mut self) -> Result<Option<Packet>, ConnectionError> {
        match Packet::read(&mut self.read, self.max_packet) {
            Ok(packet) => Ok(Some(packet)),
            Err(PacketError::InsufficientBytes(missing)) => {
                self.read.reserve(missing);
                Ok(None)
            }
            Err(error) => Err(ConnectionError::MqttState(error.into())),
        }
    }

    /// Reads what has come; may be dropped while it waits.
    pub(super) async fn fill(&mut self) -> Result<(), ConnectionError> {
        if self.read.capacity() == self.read.len() {
            self.read.reserve(READ);
        }
        match self.reader.read_buf(&mut self.read).await? {
            0 => Err(ConnectionError::MqttState(StateError::ConnectionAborted)),
            _ => Ok(()),
        }
    }
}

impl Output {
    /// Puts a packet behind what waits.
    pub(super) fn put(&mut self, packet: &Packet) -> Result<(), ConnectionError> {
        packet.write(&mut self.waiting, None).map_err(|error| ConnectionError::MqttState(error.into()))?;
        Ok(())
    }

    /// Whether [`Self::send`] has something to do.
    pub(super) fn has_something(&self) -> bool {
        !self.waiting.is_empty() || !self.is_flushed
    }

    /// Does the next step towards having sent everything; may be dropped while it waits.
    pub(super) async fn send(&mut self) -> Result<(), ConnectionError> {
        if self.waiting.is_empty() {
            self.writer.flush().await?;
            self.is_flushed = true;
        } else {
            self.is_flushed = false;
            self.writer.write_buf(&mut self.waiting).await?;
        }
        Ok(())
    }
}
