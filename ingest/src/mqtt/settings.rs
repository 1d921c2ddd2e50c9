//! Where the broker is and how to speak with it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rumqttc::v5::MqttOptions;
use rumqttc::{TlsConfiguration, Transport};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::IngestError;

/// Settings of one connection. Printing them shows no password.
#[derive(Clone)]
pub struct MqttSettings {
    /// `mqtt://host[:1883]` or `mqtts://host[:8883]`; may hold user and password.
    pub url: String,
    /// Fixed id of this client; the broker keeps the session under it, so no two clients may share it.
    pub client_id: String,
    /// User; takes precedence over the one in the URL.
    pub username: Option<String>,
    /// Password; takes precedence over the one in the URL.
    pub password: Option<String>,
    /// PEM file with the certificates to trust, required for `mqtts`.
    pub ca_file: Option<PathBuf>,
    /// PEM files of this client's certificate chain and of its key, where the broker asks for them.
    pub client_papers: Option<(PathBuf, PathBuf)>,
    /// Topic filters to subscribe to.
    pub topics: Vec<String>,
    /// Name of the group that shares the subscriptions between several processes.
    pub share_group: Option<String>,
    /// How long the broker keeps the session without a connection, in s.
    pub session_expiry_s: u32,
    /// Largest number of messages delivered and not yet acknowledged; bounds memory.
    pub receive_maximum: u16,
    /// Largest packet in bytes. The broker discards what is larger (MQTT 5.0, 3.1.2.11.4), so this lies well above the
    /// limit of the decoder, which keeps what it refuses as a dead letter.
    pub max_packet: u32,
    /// Time between two signs of life, at least 5 s.
    pub keep_alive: Duration,
}

impl Default for MqttSettings {
    fn default() -> Self {
        Self {
            url: "mqtt://127.0.0.1:1883".to_owned(),
            client_id: "lanbi".to_owned(),
            username: None,
            password: None,
            ca_file: None,
            client_papers: None,
            topics: Vec::new(),
            share_group: None,
            session_expiry_s: 7 * 86_400,
            receive_maximum: 1000,
            max_packet: 4 << 20,
            keep_alive: Duration::from_secs(30),
        }
    }
}

impl fmt::Debug for MqttSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.parsed_url().map_or_else(|_| "unreadable".to_owned(), |url| address(&url));
        f.debug_struct("MqttSettings")
            .field("broker", &url)
            .field("client_id", &self.client_id)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "***"))
            .field("ca_file", &self.ca_file)
            .field("client_papers", &self.client_papers)
            .field("topics", &self.topics)
            .field("share_group", &self.share_group)
            .field("session_expiry_s", &self.session_expiry_s)
            .field("receive_maximum", &self.receive_maximum)
            .field("max_packet", &self.max_packet)
            .field("keep_alive", &self.keep_alive)
            .finish()
    }
}

fn setting(key: &'static str, detail: impl Into<String>) -> IngestError {
    IngestError::MqttSetting { key, detail: detail.into() }
}

/// Host and port for messages, without user and password.
fn address(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}:{}", url.scheme(), port(url))
}

fn port(url: &Url) -> u16 {
    url.port().unwrap_or(if url.scheme() == "mqtts" { 8883 } else { 1883 })
}

impl MqttSettings {
    /// Scheme, host and port for messages.
    pub(super) fn broker(&self) -> String {
        self.parsed_url().map_or_else(|_| "unreadable".to_owned(), |url| address(&url))
    }

    /// The filters as the broker is to see them, checked.
    pub(super) fn filters(&self) -> Result<Vec<String>, IngestError> {
        if self.topics.is_empty() {
            return Err(setting("topics", "is empty; name at least one topic filter such as `lanbi/#`"));
        }
        if let Some(bad) = self.topics.iter().find(|topic| !rumqttc::valid_filter(topic)) {
            return Err(setting(
                "topics",
                format!("`{bad}` is no topic filter; write for example `lanbi/#`"),
            ));
        }
        Ok(match &self.share_group {
            None => self.topics.clone(),
            Some(group) if group.is_empty() || group.contains(['/', '+', '#']) => {
                return Err(setting("share_group", format!("`{group}`; write a name without / + #")));
            }
            Some(group) => self.topics.iter().map(|topic| format!("$share/{group}/{topic}")).collect(),
        })
    }

    /// The options of the client library, checked: it panics on some that cannot work.
    pub(super) fn options(&self) -> Result<MqttOptions, IngestError> {
        let url = self.parsed_url()?;
        let host = url.host_str().filter(|host| !host.is_empty());
        let host = host.ok_or_else(|| setting("url", "has no host; write mqtt://host:1883"))?;
        if self.client_id.is_empty() {
            return Err(setting("client_id", "is empty; the session is kept under it, give a fixed one"));
        }
        if self.keep_alive < Duration::from_secs(5)
            || self.keep_alive > Duration::from_secs(u64::from(u16::MAX))
        {
            return Err(setting("keep_alive", "must lie between 5 s and 65535 s"));
        }
        if self.receive_maximum == 0 {
            return Err(setting("receive_maximum", "must be at least 1"));
        }
        let mut options = MqttOptions::new(&self.client_id, host, port(&url));
        options
            .set_clean_start(false)
            .set_session_expiry_interval(Some(self.session_expiry_s))
            .set_receive_maximum(Some(self.receive_maximum))
            .set_max_packet_size(Some(self.max_packet))
            .set_keep_alive(self.keep_alive);
        let user = self.username.clone().or_else(|| Some(unescape(url.username())).filter(|u| !u.is_empty()));
        let password = self.password.clone().or_else(|| url.password().map(unescape));
        match (user, password) {
            (Some(user), password) => {
                options.set_credentials(user, password.unwrap_or_default());
            }
            (None, Some(_)) => return Err(setting("username", "is missing beside the password; give both")),
            (None, None) => {}
        }
        if url.scheme() == "mqtts" {
            options.set_transport(self.tls()?);
        }
        Ok(options)
    }

    fn parsed_url(&self) -> Result<Url, IngestError> {
        let url = Url::parse(&self.url)
            .map_err(|error| setting("url", format!("cannot be read: {error}; write mqtt://host:1883")))?;
        match url.scheme() {
            "mqtt" | "mqtts" => Ok(url),
            other => Err(setting("url", format!("scheme `{other}`; write mqtt:// or mqtts://"))),
        }
    }

    fn tls(&self) -> Result<Transport, IngestError> {
        let path = self.ca_file.as_ref().ok_or_else(|| {
            setting(
                "ca_file",
                "is missing for mqtts; name the PEM file with the broker's CA, or the system's bundle",
            )
        })?;
        #[expect(clippy::disallowed_methods, reason = "a file of the bureau's own, named in the settings")]
        let ca = std::fs::read(path).map_err(|source| IngestError::File { path: path.clone(), source })?;
        // The TLS library needs one provider per process; a second installation says so and changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(&ca).filter_map(Result::ok));
        if roots.is_empty() {
            return Err(setting(
                "ca_file",
                format!("{} holds no certificate; name a PEM file", path.display()),
            ));
        }
        let builder = ClientConfig::builder().with_root_certificates(roots);
        let config = match &self.client_papers {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => {
                let bad = |path: &Path, reason: &dyn fmt::Display| {
                    let detail = format!("{}: {reason}; name a PEM file that lanbi may read", path.display());
                    setting("client_certificate", detail)
                };
                let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
                    .and_then(Iterator::collect::<Result<_, _>>)
                    .map_err(|error| bad(certificate, &error))?;
                let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| bad(key, &error))?;
                builder.with_client_auth_cert(chain, secret).map_err(|error| bad(certificate, &error))?
            }
        };
        Ok(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
    }
}

/// Undoes the percent signs of a URL; what is not an escape stays.
fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        match after.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(b'%');
                rest = after;
            }
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings() -> MqttSettings {
        MqttSettings { topics: vec!["lanbi/#".to_owned()], ..MqttSettings::default() }
    }

    #[test]
    fn printing_shows_no_secret() {
        let settings = MqttSettings {
            url: "mqtt://gate:s3cret@broker:1884".to_owned(),
            password: Some("other-s3cret".to_owned()),
            ..settings()
        };
        let printed = format!("{settings:?} {}", settings.broker());
        assert!(!printed.contains("s3cret"), "{printed}");
        assert!(printed.contains("mqtt://broker:1884"), "{printed}");
        let options = MqttSettings { password: None, ..settings }.options().unwrap();
        assert_eq!(options.credentials().unwrap().password, "s3cret");
    }

    #[test]
    fn settings_that_cannot_work_are_named() {
        let check = |key: &str, change: fn(&mut MqttSettings)| {
            let mut settings = settings();
            change(&mut settings);
            let error = settings.options().and_then(|_| settings.filters()).unwrap_err().to_string();
            assert!(error.contains(&format!("`{key}`")), "{error}");
        };
        check("url", |s| s.url = "broker:1883".to_owned());
        check("url", |s| s.url = "http://broker".to_owned());
        check("url", |s| s.url = "mqtt://".to_owned());
        check("client_id", |s| s.client_id.clear());
        check("keep_alive", |s| s.keep_alive = Duration::from_secs(1));
        check("receive_maximum", |s| s.receive_maximum = 0);
        check("topics", |s| s.topics.clear());
        check("topics", |s| s.topics = vec!["a/#/b".to_owned()]);
        check("share_group", |s| s.share_group = Some("a/b".to_owned()));
        check("username", |s| s.password = Some("x".to_owned()));
        check("ca_file", |s| s.url = "mqtts://broker".to_owned());
    }

    #[test]
    fn escapes_in_a_url_are_undone() {
        for (text, expected) in [("a%40b", "a@b"), ("%E7%AB%99", "站"), ("100%", "100%"), ("%zz%", "%zz%")] {
            assert_eq!(unescape(text), expected);
        }
    }
}
