//! The words of the domain as text in a backup, and back: instants in UTC, decimals as they are, flags as their bits.

use anyhow::Context as _;
use chrono::{NaiveDate, SecondsFormat};
use lanbi_model::{AveragingPeriod, Decimal, Flags, Instant, Parameter};

pub(super) fn of_instant(instant: Instant) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

pub(super) fn instant(text: &str) -> anyhow::Result<Instant> {
    text.parse().with_context(|| format!("`{text}` is no instant"))
}

pub(super) fn day(text: &str) -> anyhow::Result<NaiveDate> {
    text.parse().with_context(|| format!("`{text}` is no day"))
}

pub(super) fn decimal(text: &str) -> anyhow::Result<Decimal> {
    text.parse().with_context(|| format!("`{text}` is no number"))
}

pub(super) fn parameter(text: &str) -> anyhow::Result<Parameter> {
    Parameter::from_key(text)
        .with_context(|| format!("parameter `{text}` is unknown to this version; restore with a newer lanbi"))
}

pub(super) fn period(text: &str) -> anyhow::Result<AveragingPeriod> {
    AveragingPeriod::parse(text).with_context(|| format!("`{text}` is no averaging period"))
}

pub(super) fn flags(text: &str) -> anyhow::Result<Flags> {
    let bits = text.parse().with_context(|| format!("`{text}` are no flags"))?;
    Ok(Flags::from_bits_retain(bits))
}
