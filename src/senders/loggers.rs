//! Entries of data loggers into the form that decoders use.

use std::path::Path;

use anyhow::{Context as _, ensure};
use lanbi_config::sources::LoggerEntry;
use lanbi_ingest::hj212::{check::CrcPolicy, dialect::Confidence, dialect::Dialect, sm4::Key};
use lanbi_ingest::source::{Logger, Loggers, Password};
use lanbi_model::{Decimal, Parameter, Unit, Zone};

/// The loggers of a file of sources; files that its entries name lie beside it, in `folder`.
///
/// # Errors
/// An entry that says what cannot be, or names a file or variable that cannot be read.
pub(super) fn loggers(entries: &[LoggerEntry], folder: &Path) -> anyhow::Result<Loggers> {
    let mut all = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let of = || format!("[[logger]] {} (mn {})", at + 1, entry.mn.first().map_or("none", String::as_str));
        all.push(logger(entry, folder).with_context(of)?);
    }
    Ok(Loggers::new(all)?)
}

fn logger(entry: &LoggerEntry, folder: &Path) -> anyhow::Result<Logger> {
    ensure!(
        !entry.mn.is_empty() && entry.mn.iter().all(|mn| !mn.trim().is_empty()),
        "mn is empty; write what the logger sends as MN"
    );
    let crc = entry.crc.as_deref().unwrap_or("standard");
    let dialect = entry.dialect.as_deref().unwrap_or("2017");
    let zone = |text: &String| {
        Zone::parse(text).with_context(|| format!("zone `{text}` is none; write an offset such as +08:00"))
    };
    let mut logger = Logger {
        mns: entry.mn.clone(),
        crc: CrcPolicy::from_key(crc)
            .with_context(|| format!("crc `{crc}` is none of standard, modbus, swapped, any, off"))?,
        dialect: Dialect::from_key(dialect).with_context(|| {
            format!("dialect `{dialect}` is none of 2005, 2017, 2025, air, surface-water")
        })?,
        zone: entry.zone.as_ref().map(zone).transpose()?,
        password: password(entry, folder)?,
        keys: keys(entry, folder)?,
        ..Logger::default()
    };
    if logger.dialect.confidence() != Confidence::Standard {
        tracing::warn!(mn = ?entry.mn, dialect, "letters of this dialect are not from the text of a standard (未核实)");
    }
    for (code, key) in &entry.codes {
        let parameter = Parameter::from_key(key).with_context(|| {
            format!("codes: `{key}` is no parameter; config/stations.example.toml names them")
        })?;
        logger.codes.insert(code.clone(), parameter);
    }
    for (code, key) in &entry.units {
        let unit =
            Unit::from_key(key).with_context(|| format!("units: `{key}` is no unit; write such as ug/m3"))?;
        let (parameter, _) = logger
            .factor(code)
            .with_context(|| format!("units: code `{code}` has no known meaning; say it in codes"))?;
        ensure!(
            unit.convert(Decimal::ONE, parameter.unit()).is_some(),
            "units: {parameter} cannot be measured in {key}; its unit is {}",
            parameter.unit().key()
        );
        logger.units.insert(code.clone(), unit);
    }
    for text in &entry.addresses {
        let net = text.parse().or_else(|_| text.parse::<std::net::IpAddr>().map(Into::into));
        let net = net.map_err(|_| {
            anyhow::anyhow!("addresses: `{text}` is none; write such as 10.1.2.3 or 10.1.0.0/16")
        })?;
        logger.addresses.push(net);
    }
    Ok(logger)
}

fn password(entry: &LoggerEntry, folder: &Path) -> anyhow::Result<Option<Password>> {
    ensure!(
        entry.password.is_none() || entry.password_file.is_none(),
        "password and password_file are both given; keep one"
    );
    if let Some(password) = &entry.password {
        return Ok(Some(Password::new(password.reveal().to_owned())));
    }
    let Some(file) = &entry.password_file else { return Ok(None) };
    let text = read(&folder.join(file))?;
    let line = text.lines().next().unwrap_or_default();
    ensure!(!line.is_empty(), "{} is empty; write the password in its first line", file.display());
    Ok(Some(Password::new(line.to_owned())))
}

fn keys(entry: &LoggerEntry, folder: &Path) -> anyhow::Result<Vec<Key>> {
    ensure!(
        entry.key_file.is_none() || entry.key_env.is_none(),
        "key_file and key_env are both given; keep one"
    );
    let (text, origin) = match (&entry.key_file, &entry.key_env) {
        (Some(file), _) => (read(&folder.join(file))?, file.display().to_string()),
        (None, Some(name)) => {
            let text = std::env::var(name);
            (
                text.with_context(|| {
                    format!("the environment variable {name} is not set; put the key there")
                })?,
                name.clone(),
            )
        }
        (None, None) => return Ok(Vec::new()),
    };
    let keys: Option<Vec<Key>> = text.split_whitespace().map(Key::parse).collect();
    let keys = keys.filter(|keys| !keys.is_empty());
    // The text is a secret, so it is not quoted.
    keys.with_context(|| {
        format!("{origin} holds no key; write 32 hexadecimal digits or 16 characters a line")
    })
}

fn read(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("cannot read {}; give lanbi the right to read it", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str, folder: &Path) -> anyhow::Result<Loggers> {
        loggers(&[toml::from_str(text)?], folder)
    }

    #[test]
    fn the_example_is_a_logger() {
        let file: lanbi_config::sources::SourcesFile =
            toml::from_str(include_str!("../../config/sources.example.toml")).unwrap();
        assert!(!loggers(&file.logger, Path::new(".")).unwrap().is_empty());
    }

    #[test]
    fn secrets_come_from_files_and_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pw"), "654321\n").unwrap();
        std::fs::write(folder.path().join("keys"), "30303030303030303030303030303030\nmsbE74gsiSHSEh5e\n")
            .unwrap();
        let loggers =
            load("mn = [\"M1\"]\npassword_file = \"pw\"\nkey_file = \"keys\"", folder.path()).unwrap();
        assert_eq!(loggers.of("M1").keys.len(), 2);
        assert!(
            loggers.admits("M1", "654321", None).is_ok() && loggers.admits("M1", "123456", None).is_err()
        );
        let shown = format!("{loggers:?}");
        assert!(!shown.contains("654321") && !shown.contains("3030") && !shown.contains("msbE"), "{shown}");
    }

    #[test]
    fn what_cannot_be_is_named_with_its_remedy() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("keys"), "geheim").unwrap();
        let check = |text: &str, expected: &str| {
            let error = load(text, folder.path()).map(|_| ()).unwrap_err();
            let error = format!("{error:#}");
            assert!(error.contains(expected) && !error.contains("geheim"), "{text}: {error}");
        };
        check("mn = []", "mn is empty");
        check("mn = [\"M1\"]\ncrc = \"none\"", "[[logger]] 1 (mn M1): crc `none` is none of standard");
        check("mn = [\"M1\"]\ndialect = \"2011\"", "dialect `2011` is none of 2005");
        check("mn = [\"M1\"]\nzone = \"Mars\"", "zone `Mars` is none");
        check("mn = [\"M1\"]\ncodes = { x = \"ozone\" }", "`ozone` is no parameter");
        check("mn = [\"M1\"]\nunits = { a34004 = \"ppb\" }", "`ppb` is no unit");
        check("mn = [\"M1\"]\nunits = { a34004 = \"mg/L\" }", "pm25 cannot be measured in mg/L");
        check("mn = [\"M1\"]\nunits = { TSP = \"ug/m3\" }", "code `TSP` has no known meaning");
        check("mn = [\"M1\"]\naddresses = [\"10.1\"]", "`10.1` is none");
        check("mn = [\"M1\"]\nkey_file = \"keys\"", "holds no key");
        check("mn = [\"M1\"]\nkey_file = \"absent\"", "cannot read");
        check("mn = [\"M1\"]\nkey_env = \"LANBI_NO_SUCH_KEY\"", "is not set");
        check("mn = [\"M1\", \"M1\"]", "stands in two");
        assert!(
            load("mn = [\"M1\"]\naddresses = [\"10.1.2.3\", \"10.0.0.0/8\", \"::1\"]", folder.path()).is_ok()
        );
    }
}
