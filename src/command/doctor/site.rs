//! Settings, stations and what faces outward.

use std::{net::SocketAddr, path::Path};

use lanbi_config::Settings;

use super::check::Report;
use crate::command::{registry, standards_builtin};

/// The settings; without them nothing else can be checked.
pub(super) fn settings(report: &mut Report, config: Option<&Path>) -> Option<Settings> {
    match Settings::load(config, &[]) {
        Ok(settings) => {
            let from = config.map_or_else(|| "built-in values".to_owned(), |path| path.display().to_string());
            report.ok("settings", from);
            Some(settings)
        }
        Err(error) => {
            report.fail_with("settings", &error.into(), "config/default.toml lists every key with its form");
            None
        }
    }
}

/// Whether somebody has set a value, to the built-in one or another.
pub(super) fn is_set(config: Option<&Path>, key: &str) -> bool {
    Settings::origins(config, &[])
        .is_ok_and(|origins| origins.iter().any(|origin| origin.key == key && !origin.is_built_in()))
}

/// The station file and the limits that outlets name.
pub(super) fn stations(report: &mut Report, settings: &Settings) {
    let registry = match registry(settings) {
        Ok(registry) => registry,
        Err(error) => {
            let remedy = "`lanbi stations check` names the line; config/stations.example.toml shows the form";
            return report.fail_with("stations", &error, remedy);
        }
    };
    let detail = format!(
        "air {}, sections {}, outlets {}, ditches {}, river chiefs {}",
        registry.air().count(),
        registry.sections().count(),
        registry.outlets().count(),
        registry.ditches().count(),
        registry.chiefs().len()
    );
    if registry.stations().is_empty() {
        let file = settings.resolve(&settings.registry.stations);
        let remedy = format!(
            "list the stations in {}; everything from others goes to the dead letters",
            file.display()
        );
        report.warn("stations", "none", remedy);
    } else {
        report.ok("stations", detail);
    }
    match crate::facts::load_reaches(settings, &registry) {
        Ok(reaches) if settings.reaches_file().is_some() => {
            report.ok("reaches", format!("{} of river chiefs", reaches.len()));
        }
        Ok(_) => {}
        Err(error) => {
            let remedy = "write reach,town,length_km,section with the ids of the station file";
            report.fail_with("reaches", &error.into(), remedy);
        }
    }
    match standards_builtin().and_then(|law| crate::watch::check_outlets(&registry, &law)) {
        Ok(()) => report.ok("standards", "built in; the limits of every outlet are known"),
        Err(error) => {
            let trouble = error.to_string();
            report.fail("standards", trouble, "give the outlet one of the known limits in the station file");
        }
    }
}

/// The file of targets, where one is named.
pub(super) fn targets(report: &mut Report, settings: &Settings) {
    match crate::facts::load_targets(settings) {
        Ok(targets) if settings.targets_file().is_some() => {
            report.ok("targets", format!("{} figures", targets.len()));
        }
        Ok(_) => {}
        Err(error) => {
            report.fail_with("targets", &error.into(), "config/targets.example.toml shows the form");
        }
    }
}

/// The lists of waters that people keep, as far as they are named.
pub(super) fn lists(report: &mut Report, settings: &Settings) {
    // Without stations or law there is nothing to hold them against; that was told above.
    let (Ok(registry), Ok(law)) = (registry(settings), standards_builtin()) else { return };
    match crate::facts::load_register(settings, &registry) {
        Ok(Some(register)) => report.ok("outlet register", format!("{} outlets", register.len())),
        Ok(None) => {}
        Err(error) => {
            return report.fail_with("outlet register", &error, "config/examples/outlets.csv shows the form");
        }
    }
    match crate::facts::load_lists(settings, &registry, &law) {
        Ok(lists) if settings.allowances_file().is_some() => {
            report.ok("allowances", format!("{} lines", lists.allowances.len()));
        }
        Ok(_) => {}
        Err(error) => report.fail_with("lists", &error, "config/default.toml names the columns of each"),
    }
}

/// Pages and webhook. The webhook is not called: its receiver would take that for an alarm.
pub(super) fn outward(report: &mut Report, settings: &Settings) {
    listen(report, "web.listen", &settings.web.listen);
    listen(report, "health.listen", &settings.health.listen);
    if settings.webhook.url.is_empty() {
        report.ok("webhook", "not set: alarms stand on the pages and in reports only");
    } else {
        report.ok("webhook", "set");
    }
}

fn listen(report: &mut Report, what: &'static str, address: &str) {
    if address.is_empty() {
        return report.ok(what, "off");
    }
    let loopback = match address.parse::<SocketAddr>() {
        Ok(address) => address.ip().is_loopback(),
        Err(_) => address.starts_with("localhost:"),
    };
    if loopback {
        return report.ok(what, address);
    }
    let remedy = format!(
        "the pages ask for no password: set {what} to 127.0.0.1 and put a proxy that does in front, or be sure that the \
         network is the bureau's own"
    );
    report.warn(what, format!("{address} can be reached from other machines"), remedy);
}
