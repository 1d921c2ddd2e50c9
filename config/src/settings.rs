//! The settings of one installation.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, TimeDelta};
use figment::{
    Figment,
    providers::{Env, Format, Serialized, Toml},
    value::{Dict, Value},
};
use lanbi_model::Decimal;
use serde::{Deserialize, Deserializer};

mod alarms;
mod hj212;
mod waters;

pub use self::alarms::{AirAlarm, Alarms, HeavyAirAlarm, LimitAlarm, PlainAlarm, SilentAlarm};
pub use self::hj212::Hj212;
pub use self::waters::{BlackOdor, Outlet, Outlets, RiverChief, WaterSettings};

use crate::qc::Qc;

/// The built-in layer; also the reference of all keys.
pub const DEFAULTS: &str = include_str!("../default.toml");

/// Settings that cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// A named file is not there.
    #[error("the settings file {0} cannot be read; check the path given with --config")]
    NoFile(PathBuf),
    /// A key is unknown or a value has the wrong form.
    #[error("the settings are not usable: {0}; config/default.toml lists every key with its form")]
    Invalid(Box<figment::Error>),
    /// A secret's file cannot be read.
    #[error("the password file {path} cannot be read: {source}; give lanbi the right to read it")]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// All settings. Field docs stand in `config/default.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Folders.
    pub data: Data,
    /// Store.
    pub store: StoreSettings,
    /// Stations and chiefs.
    pub registry: RegistrySettings,
    /// The year's targets.
    pub targets: TargetsSettings,
    /// What people decided and foresaw about the air.
    pub air: AirSettings,
    /// Rivers and what was sampled by hand.
    pub water: WaterSettings,
    /// Broker.
    pub mqtt: Mqtt,
    /// Port for data loggers.
    pub hj212: Hj212,
    /// Batches and limits of what comes in.
    pub ingest: Ingest,
    /// What could not be stored.
    pub dead_letters: DeadLetters,
    /// Webhook for alarms.
    pub webhook: Webhook,
    /// Reports.
    pub report: Report,
    /// Pages.
    pub web: Web,
    /// Health of a process without pages.
    pub health: Health,
    /// Quality checks.
    pub qc: Qc,
    /// How an outlet is judged.
    pub outlet: Outlet,
    /// Lists of outlets that people keep.
    pub outlets: Outlets,
    /// The list of black-odorous waters.
    pub black_odor: BlackOdor,
    /// Alarm rules.
    pub alarms: Alarms,
    /// River chiefs' patrols.
    pub river_chief: RiverChief,
    /// The folder that relative paths in the settings start from.
    #[serde(skip)]
    base: PathBuf,
}

/// `[data]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Data folder.
    pub dir: PathBuf,
}

/// `[store]`. Address and password do not appear in `Debug`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreSettings {
    /// Address, or empty.
    pub uri: String,
    /// Password of a database, or empty.
    pub password: String,
    /// File holding the password, or empty.
    pub password_file: PathBuf,
    /// Days values are kept at least; 0 for ever.
    pub keep_days: u32,
    /// Days after which values are compressed; 0 never.
    pub compress_days: u32,
}

impl StoreSettings {
    /// How long values are kept at least; none for ever.
    #[must_use]
    pub fn keep(&self) -> Option<TimeDelta> {
        (self.keep_days > 0).then(|| TimeDelta::days(self.keep_days.into()))
    }
}

impl std::fmt::Debug for StoreSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StoreSettings").field("keep_days", &self.keep_days).finish_non_exhaustive()
    }
}

/// `[dead_letters]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeadLetters {
    /// Days a letter is kept; 0 for ever.
    pub keep_days: u32,
    /// Megabytes of letters kept; 0 without bound.
    pub keep_mb: u32,
    /// Days a warning stands before anything is let go.
    pub warning_days: u32,
}

/// `[health]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Health {
    /// Address and port, or empty.
    pub listen: String,
}

/// `[registry]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrySettings {
    /// File of stations and chiefs.
    pub stations: PathBuf,
    /// File of sources, or empty.
    pub sources: PathBuf,
    /// District name.
    pub district: String,
    /// Whether the values are made up.
    pub demo: bool,
}

/// `[targets]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TargetsSettings {
    /// File of targets, or empty.
    pub file: PathBuf,
}

/// `[air]`: lists that people keep.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AirSettings {
    /// CSV of dust days and exceptional events, or empty.
    pub events: PathBuf,
    /// CSV of AQI forecasts that were issued, or empty.
    pub forecasts: PathBuf,
}

/// `[mqtt]`. The password does not appear in `Debug`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mqtt {
    /// Broker address.
    pub url: String,
    /// Session name.
    pub client_id: String,
    /// Group that shares the subscriptions, or empty.
    pub share_group: String,
    /// Subscriptions.
    pub topics: Vec<String>,
    /// User, or empty.
    pub username: String,
    /// Password, or empty.
    pub password: String,
    /// File holding the password, or empty.
    pub password_file: PathBuf,
    /// Certificate authority, or empty.
    pub ca_file: PathBuf,
    /// This client's certificate, or empty.
    pub client_certificate: PathBuf,
    /// Its key.
    pub client_key: PathBuf,
    /// Seconds the broker keeps the session.
    pub session_expiry_seconds: u32,
    /// Unacknowledged messages allowed.
    pub receive_maximum: u16,
    /// Seconds.
    pub keep_alive_seconds: u16,
}

impl std::fmt::Debug for Mqtt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mqtt")
            .field("client_id", &self.client_id)
            .field("topics", &self.topics)
            .finish_non_exhaustive()
    }
}

/// `[ingest]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingest {
    /// Values in a batch.
    pub batch_values: usize,
    /// Largest payload.
    pub max_payload_bytes: usize,
    /// Allowed lead of a stamp over the clock.
    pub ahead_tolerance_seconds: u32,
    /// First day believed.
    #[serde(deserialize_with = "from_text")]
    pub earliest_day: NaiveDate,
}

/// `[webhook]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Address, or empty.
    pub url: String,
    /// Longest wait for the receiver.
    pub timeout_seconds: u64,
    /// Wait before the first retry.
    pub retry_seconds: u64,
}

impl std::fmt::Debug for Webhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhook").field("set", &!self.url.is_empty()).finish_non_exhaustive()
    }
}

/// `[report]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Folder, or empty.
    pub dir: PathBuf,
}

/// `[web]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Web {
    /// Address and port, or empty.
    pub listen: String,
}

pub(crate) fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let value = f64::deserialize(deserializer)?;
    lanbi_model::decimal::from_f64(value).ok_or_else(|| serde::de::Error::custom("not a finite number"))
}

fn from_text<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    d: D,
) -> Result<T, D::Error> {
    String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
}

/// One effective value and the layer it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Dotted key.
    pub key: String,
    /// Value as printed; secrets are hidden.
    pub value: String,
    /// Layer: `built-in`, the file's path, or `environment`.
    pub origin: String,
}

/// Name of the built-in layer.
const BUILT_IN: &str = "built-in";

impl Origin {
    /// Whether nobody has set the value.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        self.origin == BUILT_IN
    }
}

/// Keys whose values are never printed.
const SECRETS: [&str; 3] = ["mqtt.password", "store.password", "webhook.url"];
/// Keys whose values may hold a password within an address.
const ADDRESSES: [&str; 2] = ["mqtt.url", "store.uri"];

impl Settings {
    /// Reads the layers: built-in, `file` if given, then `LANBI_SECTION__KEY` from the environment, then `flags`
    /// (dotted key and text).
    ///
    /// # Errors
    /// A file that is not there, an unknown key, a value of the wrong form, an unreadable password file.
    pub fn load(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Self, SettingsError> {
        let mut settings: Self =
            layers(file, flags)?.extract().map_err(|e| SettingsError::Invalid(Box::new(e)))?;
        settings.base = file.and_then(Path::parent).map(Path::to_path_buf).unwrap_or_default();
        if settings.mqtt.password.is_empty() {
            settings.mqtt.password = settings.read_password(&settings.mqtt.password_file)?;
        }
        if settings.store.password.is_empty() {
            settings.store.password = settings.read_password(&settings.store.password_file)?;
        }
        Ok(settings)
    }

    /// Every effective value with its origin, in the order of the keys.
    ///
    /// # Errors
    /// As [`Settings::load`].
    pub fn origins(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Vec<Origin>, SettingsError> {
        let figment = layers(file, flags)?;
        figment.extract::<Self>().map_err(|e| SettingsError::Invalid(Box::new(e)))?;
        let root: Dict = figment.extract().map_err(|e| SettingsError::Invalid(Box::new(e)))?;
        let mut out = Vec::new();
        flatten("", &root, &mut |key, value| {
            let origin = figment.find_metadata(key).map_or_else(
                || BUILT_IN.to_owned(),
                |m| match (&m.source, m.name.as_ref()) {
                    (Some(figment::Source::File(path)), _) => path.display().to_string(),
                    (_, name) if name.contains("environment") => "environment".to_owned(),
                    // Only flags are merged from code (`Serialized`).
                    (Some(figment::Source::Code(_)), _) => "flag".to_owned(),
                    _ => BUILT_IN.to_owned(),
                },
            );
            let value = if SECRETS.contains(&key) && value.as_str().is_some_and(|v| !v.is_empty()) {
                "(set, hidden)".to_owned()
            } else if ADDRESSES.contains(&key) {
                printed(&Value::from(without_password(value.as_str().unwrap_or_default())))
            } else {
                printed(value)
            };
            out.push(Origin { key: key.to_owned(), value, origin });
        });
        Ok(out)
    }

    /// The first line of a password file; empty where none is named.
    fn read_password(&self, file: &Path) -> Result<String, SettingsError> {
        if file.as_os_str().is_empty() {
            return Ok(String::new());
        }
        let path = self.resolve(file);
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().next().unwrap_or_default().to_owned()),
            Err(source) => Err(SettingsError::PasswordFile { path, source }),
        }
    }

    /// A path of the settings: absolute as it is, relative from the folder of the settings file.
    #[must_use]
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }

    /// The file of sources; none where none is named.
    #[must_use]
    pub fn sources_file(&self) -> Option<PathBuf> {
        self.named(&self.registry.sources)
    }

    /// The file of targets; none where none is named.
    #[must_use]
    pub fn targets_file(&self) -> Option<PathBuf> {
        self.named(&self.targets.file)
    }

    /// The list of dust days and exceptional events; none where none is named.
    #[must_use]
    pub fn air_events_file(&self) -> Option<PathBuf> {
        self.named(&self.air.events)
    }

    /// The list of AQI forecasts; none where none is named.
    #[must_use]
    pub fn air_forecasts_file(&self) -> Option<PathBuf> {
        self.named(&self.air.forecasts)
    }

    /// The river network; none where none is named.
    #[must_use]
    pub fn network_file(&self) -> Option<PathBuf> {
        self.named(&self.water.network)
    }

    /// The laboratory results of sections; none where none are named.
    #[must_use]
    pub fn samplings_file(&self) -> Option<PathBuf> {
        self.named(&self.water.samplings)
    }

    /// The list of reaches; none where none is named.
    #[must_use]
    pub fn reaches_file(&self) -> Option<PathBuf> {
        self.named(&self.river_chief.reaches)
    }

    /// The register of outlets; none where none is named.
    #[must_use]
    pub fn outlet_register_file(&self) -> Option<PathBuf> {
        self.named(&self.outlets.register)
    }

    /// The list of allowances; none where none is named.
    #[must_use]
    pub fn allowances_file(&self) -> Option<PathBuf> {
        self.named(&self.outlets.allowances)
    }

    /// The list of periods between checks of outlets' instruments; none where none is named.
    #[must_use]
    pub fn outlet_checks_file(&self) -> Option<PathBuf> {
        self.named(&self.outlets.checks)
    }

    /// The events of listed waters; none where none is named.
    #[must_use]
    pub fn roster_file(&self) -> Option<PathBuf> {
        self.named(&self.black_odor.roster)
    }

    fn named(&self, file: &Path) -> Option<PathBuf> {
        (!file.as_os_str().is_empty()).then(|| self.resolve(file))
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> PathBuf {
        self.resolve(&self.data.dir)
    }

    /// The store's address, with the password where one is set beside it.
    #[must_use]
    pub fn store_uri(&self) -> String {
        if self.store.uri.is_empty() {
            return format!("sqlite:{}", self.data_dir().join("lanbi.sqlite").display());
        }
        if !self.store.password.is_empty()
            && let Ok(mut url) = url::Url::parse(&self.store.uri)
            && url.set_password(Some(&self.store.password)).is_ok()
        {
            return url.into();
        }
        self.store.uri.clone()
    }

    /// The folder of reports.
    #[must_use]
    pub fn report_dir(&self) -> PathBuf {
        if self.report.dir.as_os_str().is_empty() {
            self.data_dir().join("reports")
        } else {
            self.resolve(&self.report.dir)
        }
    }
}

fn layers(file: Option<&Path>, flags: &[(&str, String)]) -> Result<Figment, SettingsError> {
    let mut figment = Figment::from(Toml::string(DEFAULTS));
    if let Some(path) = file {
        if !path.is_file() {
            return Err(SettingsError::NoFile(path.to_path_buf()));
        }
        figment = figment.merge(Toml::file_exact(path));
    }
    // Keys without a section (LANBI_CONFIG) are not settings.
    figment = figment.merge(Env::prefixed("LANBI_").filter(|key| key.as_str().contains("__")).split("__"));
    for (key, value) in flags {
        figment = figment.merge(Serialized::global(key, value).profile(figment::Profile::Default));
    }
    Ok(figment)
}

fn flatten(prefix: &str, dict: &Dict, emit: &mut impl FnMut(&str, &Value)) {
    for (key, value) in dict {
        let path = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match value {
            Value::Dict(_, inner) => flatten(&path, inner, emit),
            other => emit(&path, other),
        }
    }
}

/// An address as it may be shown.
fn without_password(address: &str) -> String {
    if let Ok(mut url) = url::Url::parse(address)
        && url.password().is_some()
        && url.set_password(Some("***")).is_ok()
    {
        return url.into();
    }
    address.to_owned()
}

fn printed(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("\"{text}\""),
        Value::Array(_, items) => format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(", ")),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Num(_, number) => number
            .to_u128()
            .map(|n| n.to_string())
            .or_else(|| number.to_i128().map(|n| n.to_string()))
            .or_else(|| number.to_f64().map(|n| n.to_string()))
            .unwrap_or_default(),
        Value::Char(_, c) => c.to_string(),
        Value::Empty(..) | Value::Dict(..) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use lanbi_model::{Chief, ChiefLevel};

    use super::*;

    fn load_text(text: &str) -> Result<Settings, SettingsError> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lanbi.toml");
        std::fs::write(&path, text).unwrap();
        Settings::load(Some(&path), &[])
    }

    #[test]
    fn a_chief_walks_by_his_own_numbers_before_those_of_his_level() {
        let settings = load_text("[river_chief]\ntown_min_minutes = 5").unwrap();
        let check = |level, own: (Option<u16>, Option<u32>, Option<u32>), expected: (u16, u32, u32)| {
            let chief = Chief {
                id: "c".to_owned(),
                name: String::new(),
                level,
                waters: Vec::new(),
                stations: Vec::new(),
                town: String::new(),
                patrol_every_days: own.0,
                patrol_min_length_m: own.1,
                patrol_min_minutes: own.2,
            };
            let rule = settings.river_chief.patrol_rule(&chief);
            assert_eq!((rule.every_days, rule.min_length_m, rule.min_minutes), expected, "{level:?} {own:?}");
        };
        check(ChiefLevel::City, (None, None, None), (182, 0, 0));
        check(ChiefLevel::Town, (None, None, None), (7, 0, 5));
        check(ChiefLevel::Town, (Some(3), Some(300), Some(0)), (3, 300, 0));
        check(ChiefLevel::Village, (None, Some(100), None), (1, 100, 0));
        assert_eq!(settings.river_chief.problem_terms().ordinary, TimeDelta::days(7));
    }

    #[test]
    fn built_in_settings_are_complete_and_stay_on_loopback() {
        let settings = Settings::load(None, &[]).unwrap();
        assert!(settings.web.listen.starts_with("127.0.0.1:"));
        assert!(settings.mqtt.url.contains("127.0.0.1"));
        assert_eq!(settings.mqtt.password, "");
        assert_eq!(settings.store_uri(), "sqlite:lanbi-data/lanbi.sqlite");
    }

    #[test]
    fn the_stores_password_comes_from_beside_the_address_and_is_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lanbi.toml");
        std::fs::write(dir.path().join("secret"), "p@ss word\r\n").unwrap();
        let text = "[store]\nuri = \"postgres://lanbi@db/lanbi\"\npassword_file = \"secret\"\n";
        std::fs::write(&path, text).unwrap();
        let settings = Settings::load(Some(&path), &[]).unwrap();
        assert_eq!(settings.store_uri(), "postgres://lanbi:p%40ss%20word@db/lanbi");
        assert!(!format!("{settings:?}").contains("p%40ss"));
        std::fs::write(&path, "[store]\nuri = \"postgres://lanbi:secret@db/lanbi\"\n").unwrap();
        let shown = Settings::origins(Some(&path), &[]).unwrap();
        let uri = shown.iter().find(|o| o.key == "store.uri").unwrap();
        assert_eq!(uri.value, "\"postgres://lanbi:***@db/lanbi\"");
    }

    #[test]
    fn a_file_wins_over_the_built_in_values_and_unknown_keys_are_refused() {
        let settings = load_text("[mqtt]\nurl = \"mqtt://10.1.1.1:1883\"\n").unwrap();
        assert_eq!(settings.mqtt.url, "mqtt://10.1.1.1:1883");
        assert_eq!(settings.mqtt.client_id, "lanbi");
        let error = load_text("[mqtt]\nurll = \"x\"\n").unwrap_err().to_string();
        assert!(error.contains("urll"), "{error}");
        let error = load_text("[alarms.silent]\nseverity = \"loud\"\n").unwrap_err().to_string();
        assert!(error.contains("loud") && error.contains("notice"), "{error}");
    }

    #[test]
    fn relative_paths_start_at_the_settings_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lanbi.toml");
        std::fs::write(&path, "[data]\ndir = \"d\"\n[targets]\nfile = \"t.toml\"\n").unwrap();
        let settings = Settings::load(Some(&path), &[]).unwrap();
        assert_eq!(settings.data_dir(), dir.path().join("d"));
        assert_eq!(settings.targets_file(), Some(dir.path().join("t.toml")));
        assert_eq!(Settings::load(None, &[]).unwrap().targets_file(), None);
    }

    #[test]
    fn origins_are_named_and_secrets_hidden() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lanbi.toml");
        std::fs::write(&path, "[mqtt]\npassword = \"swordfish\"\n").unwrap();
        let origins = Settings::origins(Some(&path), &[("data.dir", "elsewhere".to_owned())]).unwrap();
        let find = |key: &str| origins.iter().find(|o| o.key == key).unwrap();
        assert_eq!(find("mqtt.password").value, "(set, hidden)");
        assert!(find("mqtt.password").origin.ends_with("lanbi.toml"));
        assert_eq!(find("mqtt.client_id").origin, "built-in");
        assert!(find("mqtt.client_id").is_built_in() && !find("data.dir").is_built_in());
        assert_eq!(find("data.dir").origin, "flag");
        assert!(origins.iter().all(|o| !o.value.contains("swordfish")));
    }
}
