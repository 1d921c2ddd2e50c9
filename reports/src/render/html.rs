//! HTML pages: one file each, style and charts inside, nothing fetched. Templates escape every value.

use askama::Template;

use super::index::{Group, Index};
use crate::ReportError;
use crate::chart::{self, LineChart, Size};
use crate::report::black_odor_report::BlackOdorReport;
use crate::report::daily::Daily;
use crate::report::head::Head;
use crate::report::monthly::Monthly;
use crate::report::outlet_report::OutletReport;
use crate::report::problems::Due;
use crate::report::river_chief::{ChiefPage, RiverChiefs};
use crate::report::river_chief_month::ChiefsMonth;
use crate::report::water::Water;

/// A chart in the size for paper and desks and in the size for phones.
struct Chart {
    title: String,
    wide: String,
    narrow: String,
}

impl Chart {
    fn draw(
        title: impl Into<String>,
        draw: impl Fn(Size) -> Result<String, ReportError>,
    ) -> Result<Self, ReportError> {
        Ok(Self { title: title.into(), wide: draw(Size::Wide)?, narrow: draw(Size::Narrow)? })
    }
}

#[derive(Template)]
#[template(path = "daily.html")]
struct DailyPage<'a> {
    report: &'a Daily,
    charts: Vec<Chart>,
}

#[derive(Template)]
#[template(path = "monthly.html")]
struct MonthlyPage<'a> {
    report: &'a Monthly,
    charts: Vec<Chart>,
    target_charts: Vec<Chart>,
}

#[derive(Template)]
#[template(path = "water.html")]
struct WaterPage<'a> {
    report: &'a Water,
    charts: Vec<Chart>,
}

#[derive(Template)]
#[template(path = "river_chief.html")]
struct ChiefsPage<'a> {
    head: &'a Head,
    chiefs: Vec<&'a ChiefPage>,
    notes: &'a [String],
    overview: bool,
}

#[derive(Template)]
#[template(path = "river_chief_month.html")]
struct ChiefsMonthPage<'a> {
    report: &'a ChiefsMonth,
}

#[derive(Template)]
#[template(path = "outlet.html")]
struct OutletPage<'a> {
    report: &'a OutletReport,
    charts: Vec<Chart>,
}

#[derive(Template)]
#[template(path = "black_odor.html")]
struct BlackOdorPage<'a> {
    report: &'a BlackOdorReport,
}

#[derive(Template)]
#[template(path = "index.html")]
struct IndexPage<'a> {
    index: &'a Index,
    groups: Vec<Group<'a>>,
    generated_at: String,
}

/// The daily report.
///
/// # Errors
/// A chart cannot be drawn or the template cannot be filled.
pub fn daily(report: &Daily) -> Result<String, ReportError> {
    let mut charts = Vec::new();
    if let Some(air) = &report.air {
        charts.push(Chart::draw("图1 逐时空气质量指数（AQI）", |size| {
            let chart = LineChart {
                label: "逐时空气质量指数",
                unit: "AQI",
                place: "时",
                lines: &air.hourly_aqi,
                bands: &air.bands,
            };
            chart::lines(&chart, size)
        })?);
        charts.push(Chart::draw("图2 全区PM2.5、O3小时平均浓度", |size| {
            let chart = LineChart {
                label: "PM2.5、O3小时平均浓度",
                unit: "μg/m³",
                place: "时",
                lines: &air.hourly_values,
                bands: &[],
            };
            chart::lines(&chart, size)
        })?);
    }
    Ok(DailyPage { report, charts }.render()?)
}

/// The monthly report.
///
/// # Errors
/// A chart cannot be drawn or the template cannot be filled.
pub fn monthly(report: &Monthly) -> Result<String, ReportError> {
    let mut charts = Vec::new();
    if let Some(air) = &report.air {
        charts.push(Chart::draw("图1 逐日空气质量级别", |size| {
            chart::calendar("逐日空气质量级别", &air.days, size)
        })?);
        charts.push(Chart::draw("图2 逐日空气质量指数（AQI）", |size| {
            chart::columns("逐日空气质量指数", &air.days, &air.bands, air.switch.as_ref(), size)
        })?);
    }
    let mut target_charts = Vec::new();
    let rows = report.targets.iter().flat_map(|targets| &targets.rows);
    for row in rows.filter(|row| !row.course.running.is_empty()) {
        let number = charts.len() + target_charts.len() + 1;
        let title = format!("图{number} {}年度进展与展望", row.name);
        target_charts.push(Chart::draw(title, |size| chart::fan(&row.sentence, &row.course, size))?);
    }
    Ok(MonthlyPage { report, charts, target_charts }.render()?)
}

/// The report on the waters of a month, quarter or year.
///
/// # Errors
/// A chart cannot be drawn or the template cannot be filled.
pub fn water(report: &Water) -> Result<String, ReportError> {
    let mut charts = Vec::new();
    if let Some(map) = &report.map {
        charts.push(Chart::draw("图1 水系与断面水质类别（▲为排口、沟渠）", |size| {
            chart::rivers("水系与断面水质类别", map, size)
        })?);
    }
    charts.push(Chart::draw(format!("图{} 各断面逐月水质类别", charts.len() + 1), |size| {
        chart::course("各断面逐月水质类别", &report.course, size)
    })?);
    Ok(WaterPage { report, charts }.render()?)
}

/// The daily checks of all chiefs, one printed page each, after an overview.
///
/// # Errors
/// The template cannot be filled.
pub fn river_chiefs(report: &RiverChiefs) -> Result<String, ReportError> {
    let chiefs = report.chiefs.iter().collect();
    Ok(ChiefsPage { head: &report.head, chiefs, notes: &report.notes, overview: true }.render()?)
}

/// The daily check of one chief.
///
/// # Errors
/// No such chief, or the template cannot be filled.
pub fn river_chief(report: &RiverChiefs, id: &str) -> Result<String, ReportError> {
    let chief = report.chief(id).ok_or_else(|| ReportError::NoSuchChief(id.to_owned()))?;
    Ok(ChiefsPage { head: &report.head, chiefs: vec![chief], notes: &report.notes, overview: false }
        .render()?)
}

/// The month of the river chiefs.
///
/// # Errors
/// The template cannot be filled.
pub fn river_chiefs_month(report: &ChiefsMonth) -> Result<String, ReportError> {
    Ok(ChiefsMonthPage { report }.render()?)
}

/// The report on outlets.
///
/// # Errors
/// A chart cannot be drawn or the template cannot be filled.
pub fn outlet(report: &OutletReport) -> Result<String, ReportError> {
    let mut charts = Vec::new();
    for (number, row) in (1..).zip(report.allowances.iter().filter(|row| !row.course.used.is_empty())) {
        let title = format!("图{number} {}{}年度总量进度", row.outlet, row.item);
        charts.push(Chart::draw(title, |size| chart::burn_down(&row.sentence, &row.course, size))?);
    }
    Ok(OutletPage { report, charts }.render()?)
}

/// The report on black-odorous waters.
///
/// # Errors
/// The template cannot be filled.
pub fn black_odor(report: &BlackOdorReport) -> Result<String, ReportError> {
    Ok(BlackOdorPage { report }.render()?)
}

/// The index of the reports made.
///
/// # Errors
/// The template cannot be filled.
pub fn index(index: &Index) -> Result<String, ReportError> {
    let generated_at = index.zone.local(index.generated_at).format("%Y-%m-%d %H:%M").to_string();
    Ok(IndexPage { index, groups: index.groups(), generated_at }.render()?)
}
