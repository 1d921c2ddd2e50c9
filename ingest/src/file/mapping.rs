//! How a recorded file is laid out, as written in `config/examples/*.toml`.

use std::collections::{BTreeMap, BTreeSet};

use lanbi_model::{AveragingPeriod, Parameter, Unit, Zone};
use serde::Deserialize;

use crate::IngestError;
use crate::clock::Label;
use crate::unit_name::unit_named;

/// The layout of a recorded file: a CSV, or a sheet of a workbook.
#[derive(Clone, Debug)]
pub struct Mapping {
    pub(super) name: String,
    pub(super) delimiter: u8,
    pub(super) zone: Zone,
    pub(super) zone_name: String,
    pub(super) label: Label,
    pub(super) period: AveragingPeriod,
    pub(super) missing: Vec<String>,
    pub(super) ignore: Vec<String>,
    pub(super) station_columns: Vec<String>,
    pub(super) station_join: String,
    pub(super) station_prefix: String,
    pub(super) station_rename: BTreeMap<String, String>,
    pub(super) time_columns: Vec<String>,
    pub(super) time_format: String,
    pub(super) time_year: Option<i32>,
    pub(super) skip: BTreeMap<String, Vec<String>>,
    pub(super) values: Vec<(String, Parameter, Unit)>,
    pub(super) kind: DraftKind,
    pub(super) area: String,
    pub(super) cadence: AveragingPeriod,
}

/// The kind of station that a draft of the registry lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DraftKind {
    /// Air stations.
    Air,
    /// Water sections.
    Section,
}

impl DraftKind {
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Air => "air",
            Self::Section => "section",
        }
    }
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// A key that is unknown or absent, or a value that nothing is known by; the message names key and remedy.
    pub fn from_toml(name: &str, text: &str) -> Result<Self, IngestError> {
        let text: Text = toml::from_str(text).map_err(|error| invalid(name, error.to_string()))?;
        text.check(name)
    }

    /// The name it was read under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Puts another year in place of `time.year`, for files whose stamps hold none.
    ///
    /// # Errors
    /// The stamps of the file hold their year themselves.
    pub fn set_year(&mut self, year: i32) -> Result<(), IngestError> {
        if self.time_year.is_none() {
            return Err(invalid(&self.name, "the stamps hold their year; leave the year out".to_owned()));
        }
        self.time_year = Some(year);
        Ok(())
    }

    /// The columns a value, a key, a time or a mark is taken from.
    pub(super) fn used_columns(&self) -> impl Iterator<Item = &str> {
        let values = self.values.iter().map(|(column, _, _)| column);
        let keys = self.station_columns.iter().chain(&self.time_columns).chain(self.skip.keys());
        keys.chain(values).map(String::as_str)
    }

    /// Whether a cell says that there is no value.
    pub(super) fn is_missing(&self, cell: &str) -> bool {
        cell.is_empty() || self.missing.iter().any(|mark| mark == cell)
    }
}

fn invalid(name: &str, detail: String) -> IngestError {
    IngestError::Mapping { mapping: name.to_owned(), detail }
}

/// The file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    #[serde(default = "comma")]
    delimiter: char,
    zone: String,
    label: Label,
    period: String,
    #[serde(default)]
    missing: Vec<String>,
    #[serde(default)]
    ignore: Vec<String>,
    station: StationText,
    time: TimeText,
    #[serde(default)]
    skip: BTreeMap<String, Vec<String>>,
    value: Vec<ValueText>,
    draft: DraftText,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StationText {
    columns: Vec<String>,
    #[serde(default = "slash")]
    join: String,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    rename: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TimeText {
    columns: Vec<String>,
    format: String,
    year: Option<i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ValueText {
    column: String,
    parameter: String,
    unit: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DraftText {
    kind: DraftKind,
    #[serde(default)]
    area: String,
    cadence: String,
}

const fn comma() -> char {
    ','
}

fn slash() -> String {
    "/".to_owned()
}

impl Text {
    fn check(self, name: &str) -> Result<Mapping, IngestError> {
        let fail = |detail: String| invalid(name, detail);
        let period_of = |key: &str, text: &str| {
            AveragingPeriod::parse(text)
                .ok_or_else(|| fail(format!("{key} = `{text}` is no period; write moment, 1m, 1h, 4h or 1d")))
        };
        let delimiter = u8::try_from(self.delimiter)
            .ok()
            .filter(u8::is_ascii)
            .ok_or_else(|| fail(format!("delimiter = `{}` is not one ASCII character", self.delimiter)))?;
        let zone = Zone::parse(&self.zone).ok_or_else(|| {
            fail(format!("zone = `{}` is unknown; write Asia/Shanghai, UTC or +08:00", self.zone))
        })?;
        for (key, columns) in
            [("station.columns", &self.station.columns), ("time.columns", &self.time.columns)]
        {
            if columns.is_empty() {
                return Err(fail(format!("{key} is empty; name at least one column")));
            }
        }
        self.time.check().map_err(fail)?;
        let mut seen = BTreeSet::new();
        let mut values = Vec::with_capacity(self.value.len());
        for value in &self.value {
            let (parameter, unit) = value.check().map_err(fail)?;
            if !seen.insert(parameter) {
                return Err(fail(format!("value.parameter = `{parameter}` is given twice; keep one column")));
            }
            values.push((value.column.clone(), parameter, unit));
        }
        if values.is_empty() {
            return Err(fail("no [[value]]; name at least one column with parameter and unit".to_owned()));
        }
        Ok(Mapping {
            name: name.to_owned(),
            delimiter,
            zone,
            zone_name: self.zone,
            label: self.label,
            period: period_of("period", &self.period)?,
            missing: self.missing,
            ignore: self.ignore,
            station_columns: self.station.columns,
            station_join: self.station.join,
            station_prefix: self.station.prefix,
            station_rename: self.station.rename,
            time_columns: self.time.columns,
            time_format: self.time.format,
            time_year: self.time.year,
            skip: self.skip,
            values,
            kind: self.draft.kind,
            area: self.draft.area,
            cadence: period_of("draft.cadence", &self.draft.cadence)?,
        })
    }
}

impl TimeText {
    /// A format must be readable, and a year must come from it or from `year`, not from both.
    fn check(&self) -> Result<(), String> {
        use chrono::format::{Item, Numeric, StrftimeItems};
        let items: Vec<Item<'_>> = StrftimeItems::new(&self.format).collect();
        if items.iter().any(|item| matches!(item, Item::Error)) {
            return Err(format!(
                "time.format = `{}` is no strftime format; write %Y-%m-%d %H:%M",
                self.format
            ));
        }
        let holds_year = items.iter().any(|item| {
            matches!(item, Item::Numeric(Numeric::Year | Numeric::YearMod100 | Numeric::Timestamp, _))
        });
        match (holds_year, self.year) {
            (false, None) => {
                Err(format!("time.format = `{}` holds no year; add `year = 2021` to [time]", self.format))
            }
            (true, Some(_)) => Err("time.year is given and the format holds a year; keep one".to_owned()),
            _ => Ok(()),
        }
    }
}

impl ValueText {
    fn check(&self) -> Result<(Parameter, Unit), String> {
        let key = &self.parameter;
        let parameter = Parameter::from_key(key).ok_or_else(|| {
            let known: Vec<&str> = Parameter::ALL.iter().map(|p| p.key()).collect();
            format!("value.parameter = `{key}` is unknown; write one of {}", known.join(", "))
        })?;
        let to = parameter.unit();
        let unit = unit_named(&self.unit)
            .filter(|unit| unit.convert(lanbi_model::Decimal::ONE, to).is_some())
            .ok_or_else(|| {
                let (column, unit) = (&self.column, &self.unit);
                format!("value.unit = `{unit}` of column `{column}` does not fit {key}; write {} or a unit that converts to it", to.key())
            })?;
        Ok((parameter, unit))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
zone = "Asia/Shanghai"
label = "end"
period = "1h"
[station]
columns = ["site"]
[time]
columns = ["time"]
format = "%m-%d %H:%M"
year = 2021
[[value]]
column = "CO"
parameter = "co"
unit = "ug/m3"
[draft]
kind = "air"
cadence = "1h"
"#;

    #[test]
    fn errors_name_key_and_remedy() {
        let mut mapping = Mapping::from_toml("good", GOOD).unwrap();
        mapping.set_year(2022).unwrap();
        let check = |from: &str, to: &str, expected: &[&str]| {
            assert!(GOOD.contains(from), "{from}");
            let error = Mapping::from_toml("bad", &GOOD.replace(from, to)).unwrap_err().to_string();
            for part in expected {
                assert!(error.contains(part), "`{part}` in: {error}");
            }
        };
        check("period = \"1h\"", "period = \"1y\"", &["period", "moment"]);
        check("label = \"end\"", "label = \"middle\"", &["label", "start"]);
        check("label = \"end\"", "labels = \"end\"", &["labels", "label"]);
        check("zone = \"Asia/Shanghai\"", "zone = \"Mars\"", &["zone", "Asia/Shanghai"]);
        check("parameter = \"co\"", "parameter = \"carbon\"", &["value.parameter", "pm25"]);
        check("unit = \"ug/m3\"", "unit = \"mg/L\"", &["value.unit", "CO", "mg/m3"]);
        check("unit = \"ug/m3\"", "unit = \"ppm\"", &["value.unit", "ppm"]);
        check("year = 2021", "", &["time.format", "year = 2021"]);
        check("%m-%d %H:%M", "%Y-%m-%d %H:%M", &["time.year"]);
        check("%m-%d %H:%M", "%Q", &["time.format"]);
        check("columns = [\"site\"]", "columns = []", &["station.columns"]);
        check(
            "[draft]",
            "[[value]]\ncolumn=\"x\"\nparameter=\"co\"\nunit=\"mg/m3\"\n[draft]",
            &["`co` is given twice"],
        );
        check("kind = \"air\"", "kind = \"ship\"", &["kind", "section"]);
        check("zone", "delimiter = \"；\"\nzone", &["delimiter"]);
    }
}
