//! Who sends: the file of sources, and the port for data loggers.

use lanbi_config::Settings;

use super::check::Report;
use crate::{command::registry, senders, service};

/// The file of sources, where one is named.
pub(super) fn sources(report: &mut Report, settings: &Settings) {
    if settings.sources_file().is_none() {
        return;
    }
    let sources = match senders::load(settings) {
        Ok(sources) => sources,
        Err(error) => {
            return report.fail_with("sources", &error, "config/sources.example.toml shows the form");
        }
    };
    let loggers: Vec<&str> = sources.loggers.mns().collect();
    // Without stations there is nothing to hold them against; that was told above.
    let Ok(registry) = registry(settings) else { return };
    let strangers: Vec<&str> =
        loggers.iter().copied().filter(|mn| registry.by_mn(mn).is_none()).take(5).collect();
    if strangers.is_empty() {
        report.ok("sources", format!("{} loggers, {} feeds", loggers.len(), sources.feeds.len()));
    } else {
        report.warn(
            "sources",
            format!("loggers of no station: {}", strangers.join(", ")),
            "give each MN to a station as `mn`, or take it out of the file of sources",
        );
    }
}

/// The port that loggers connect to.
pub(super) fn port(report: &mut Report, settings: &Settings) {
    match service::tcp_settings(settings) {
        Ok(None) => {}
        Ok(Some(tcp)) if tcp.tls.is_none() && tcp.addresses.is_empty() && !is_loopback(&tcp.listen) => report
            .warn(
                "hj212.listen",
                format!("{}: everybody may connect, and HJ 212 goes in clear", tcp.listen),
                "name the stations' networks in hj212.addresses, or set up TLS",
            ),
        Ok(Some(tcp)) => {
            let how = if tcp.tls.is_some() { ", with TLS" } else { "" };
            report.ok("hj212.listen", format!("{}{how}", tcp.listen));
        }
        Err(error) => report.fail_with("hj212", &error, "config/default.toml shows the form of [hj212]"),
    }
}

fn is_loopback(listen: &str) -> bool {
    listen.parse::<std::net::SocketAddr>().is_ok_and(|address| address.ip().is_loopback())
}
