//! TLS of the listener: rustls with ring, certificates from PEM files.

use std::path::Path;
use std::sync::Arc;

use rumqttc::tokio_rustls::TlsAcceptor;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};

use super::settings::TlsFiles;
use crate::IngestError;

/// Makes the acceptor.
///
/// # Errors
/// A file that cannot be read, or is not what it is named as.
pub(super) fn acceptor(files: &TlsFiles) -> Result<TlsAcceptor, IngestError> {
    let bad = |key: &'static str, path: &Path, reason: &dyn std::fmt::Display| IngestError::TcpSetting {
        key,
        detail: format!("{}: {reason}; name a PEM file that lanbi may read", path.display()),
    };
    let certificates =
        |key: &'static str, path: &Path| -> Result<Vec<CertificateDer<'static>>, IngestError> {
            let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect::<Result<_, _>>)
                .map_err(|e| bad(key, path, &e));
            match found {
                Ok(found) if found.is_empty() => Err(bad(key, path, &"it holds no certificate")),
                found => found,
            }
        };
    let chain = certificates("tls_certificate", &files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| bad("tls_key", &files.key, &error))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| bad("tls_certificate", &files.certificate, &error))?;
    let builder = match &files.client_authority {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates("tls_client_authority", path)? {
                roots.add(certificate).map_err(|error| bad("tls_client_authority", path, &error))?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .map_err(|error| bad("tls_client_authority", path, &error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    let config = builder
        .with_single_cert(chain, key)
        .map_err(|error| bad("tls_key", &files.key, &format!("key and certificate: {error}")))?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
