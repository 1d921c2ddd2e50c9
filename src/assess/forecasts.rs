//! The list of AQI forecasts that were issued, a CSV `issued,site,day,low,high,primary`.

use std::fs::File;
use std::path::Path;

use lanbi_analytics::heavy::ForecastDay;
use lanbi_model::{Parameter, Zone};

use super::error::AssessError;
use super::stamp::Stamp;
use super::table::{Column, Table};

const FORECAST: [Column; 6] = [
    Column::required("issued"),
    Column::optional("site"),
    Column::required("day"),
    Column::optional("low"),
    Column::required("high"),
    Column::optional("primary"),
];

/// Reads forecasts with the site each is for. A list somebody issued, not a measurement: a line that cannot be read stops the
/// command.
pub(crate) fn read_forecasts(path: &Path, zone: Zone) -> Result<Vec<(String, ForecastDay)>, AssessError> {
    let file = File::open(path)
        .map_err(|e| AssessError::Failed(format!("cannot read {}: {e}; check the path", path.display())))?;
    let path = path.display();
    let of_file = |error: AssessError| AssessError::Failed(format!("{path}: {error}"));
    let mut table = Table::open(file, &FORECAST, false).map_err(of_file)?;
    let mut forecasts = Vec::new();
    while let Some(row) = table.next_row().map_err(of_file)? {
        let refuse =
            |reason: &str| Err(AssessError::Failed(format!("{path}: line {}: {reason}", row.line())));
        let Some(Stamp::Moment(issued)) = Stamp::parse(row.text(0)) else {
            return refuse("issued needs a time such as 2026-12-20T17:00");
        };
        let Some(day) = Stamp::parse(row.text(2)).and_then(Stamp::day) else {
            return refuse("needs a day such as 2026-12-21");
        };
        let Ok(high) = row.text(4).parse::<u32>() else { return refuse("high needs a whole number") };
        let low = match row.text(3) {
            "" => high,
            text => match text.parse() {
                Ok(low) if low <= high => low,
                _ => return refuse("low needs a whole number not above high"),
            },
        };
        let items = row.text(5).split('+').filter(|item| !item.is_empty());
        let primary: Option<Vec<Parameter>> =
            items.map(|item| Parameter::from_key(item).filter(|p| Parameter::AQI.contains(p))).collect();
        let Some(primary) = primary else {
            return refuse("primary names items of the index such as pm25 or o3, joined by +");
        };
        let issued = zone.to_instant(issued);
        forecasts.push((row.text(1).to_owned(), ForecastDay { issued, day, low, high, primary }));
    }
    Ok(forecasts)
}
