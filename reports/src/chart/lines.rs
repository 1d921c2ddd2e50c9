//! Lines over hours or days, with the AQI levels as pale bands behind them where they apply.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::Size;
use super::plot::{Fault, INK, Plot, SOFT, Sheet, draw, empty, pixel, text, text_width};
use crate::ReportError;
use crate::report::air::{Band, Line};

/// What a line chart shows.
#[derive(Clone, Debug)]
pub struct LineChart<'a> {
    /// Label for readers that cannot see the chart.
    pub label: &'a str,
    /// Unit, printed above the axis.
    pub unit: &'a str,
    /// What a place of the horizontal axis is called, for example `时`.
    pub place: &'a str,
    /// Lines; the first is drawn strongest.
    pub lines: &'a [Line],
    /// Bands, lowest first; empty where there are none.
    pub bands: &'a [Band],
}

/// Colours that stay apart in print and for colour-blind readers; each line has its own sign too.
const PALETTE: [RGBColor; 6] = [
    RGBColor(0x1f, 0x3a, 0x5f),
    RGBColor(0xc2, 0x57, 0x1a),
    RGBColor(0x2e, 0x7d, 0x6b),
    RGBColor(0x8e, 0x44, 0x8a),
    RGBColor(0x8a, 0x6d, 0x1d),
    RGBColor(0x4a, 0x6f, 0xa5),
];

/// Draws the chart; a box saying 无数据 where no line has a value.
///
/// # Errors
/// The drawing library failed.
pub fn lines(chart: &LineChart<'_>, size: Size) -> Result<String, ReportError> {
    let series: Vec<(&str, Vec<Option<f64>>)> =
        chart.lines.iter().map(|line| (line.name.as_str(), numbers(&line.values))).collect();
    let largest = series.iter().flat_map(|(_, v)| v.iter().flatten()).copied().fold(f64::NAN, f64::max);
    if largest.is_nan() {
        return empty(chart.label, size);
    }
    let places = series.iter().map(|(_, v)| v.len()).max().unwrap_or(0);
    let places = u32::try_from(places).unwrap_or(u32::MAX);
    let (width, height) = match size {
        Size::Wide => (size.width(), 290),
        Size::Narrow => (size.width(), 260),
    };
    draw(chart.label, (width, height), |sheet| {
        let top = legend(sheet, &series, width)? + 24;
        let margin = if chart.bands.is_empty() { 22 } else { 58 };
        let plot = Plot::new((40, top), (width - margin, height - 26), places, largest);
        bands(sheet, &plot, chart.bands)?;
        plot.axes(sheet, chart.unit)?;
        hours(sheet, &plot, chart.place, size)?;
        for (at, (_, values)) in series.iter().enumerate().rev() {
            line(sheet, &plot, at, values)?;
        }
        Ok(())
    })
}

/// Values as floats; what is no finite number is a gap.
pub(super) fn numbers(values: &[Option<String>]) -> Vec<Option<f64>> {
    values.iter().map(|v| v.as_ref().and_then(|t| t.parse::<f64>().ok()).filter(|v| v.is_finite())).collect()
}

fn bands(sheet: &Sheet<'_>, plot: &Plot, bands: &[Band]) -> Result<(), Fault> {
    let mut low = 0.0;
    for band in bands {
        let high = band.upto.map_or(plot.y_max, f64::from).min(plot.y_max);
        if high <= low {
            break;
        }
        let (top, bottom) = (plot.y(high), plot.y(low));
        sheet.draw(&Rectangle::new(
            [(plot.left, top), (plot.right, bottom)],
            band.colour.rgb().mix(0.16).filled(),
        ))?;
        if bottom - top >= 14 {
            text(sheet, &band.name, (plot.right + 5, (top + bottom) / 2), 11, SOFT, HPos::Left)?;
        }
        low = high;
    }
    Ok(())
}

fn hours(sheet: &Sheet<'_>, plot: &Plot, place: &str, size: Size) -> Result<(), Fault> {
    let every = match size {
        Size::Wide => 2,
        Size::Narrow => 4,
    };
    for n in 1..=plot.places {
        let x = plot.x(n - 1);
        if n == 1 || n == plot.places || (n % every == 0 && plot.places - n >= every) {
            let words = if n == plot.places { format!("{n}{place}") } else { n.to_string() };
            text(sheet, &words, (x, plot.bottom + 13), 11, SOFT, HPos::Center)?;
            sheet.draw(&PathElement::new([(x, plot.bottom), (x, plot.bottom + 4)], SOFT.stroke_width(1)))?;
        }
    }
    Ok(())
}

/// Draws the runs between gaps; a value alone between two gaps still shows as its sign.
fn line(sheet: &Sheet<'_>, plot: &Plot, at: usize, values: &[Option<f64>]) -> Result<(), Fault> {
    let colour = PALETTE[at % PALETTE.len()];
    let stroke = colour.stroke_width(if at == 0 { 3 } else { 1 });
    let points: Vec<Option<(i32, i32)>> =
        (0..).zip(values).map(|(place, v)| v.map(|v| (plot.x(place), plot.y(v)))).collect();
    for run in points.split(Option::is_none) {
        let run: Vec<(i32, i32)> = run.iter().flatten().copied().collect();
        if run.len() > 1 {
            sheet.draw(&PathElement::new(run.clone(), stroke))?;
        }
        if run.len() == 1 || at > 0 {
            let every = if run.len() == 1 { 1 } else { 3 };
            for point in run.iter().skip(at % every).step_by(every) {
                sign(sheet, at, *point)?;
            }
        }
    }
    Ok(())
}

/// The sign of a line: its shape tells lines apart where colour cannot.
fn sign(sheet: &Sheet<'_>, at: usize, (x, y): (i32, i32)) -> Result<(), Fault> {
    let colour = PALETTE[at % PALETTE.len()];
    match at % PALETTE.len() {
        0 => sheet.draw(&Circle::new((x, y), 3, colour.filled()))?,
        1 => sheet.draw(&Circle::new((x, y), 3, colour.stroke_width(1)))?,
        2 => sheet.draw(&TriangleMarker::new((x, y), 4, colour.filled()))?,
        3 => sheet.draw(&Rectangle::new([(x - 3, y - 3), (x + 3, y + 3)], colour.filled()))?,
        4 => sheet.draw(&Cross::new((x, y), 3, colour.stroke_width(2)))?,
        _ => sheet.draw(&Rectangle::new([(x - 3, y - 3), (x + 3, y + 3)], colour.stroke_width(1)))?,
    }
    Ok(())
}

/// Names of the lines in rows above the field; returns where the last row ends.
fn legend(sheet: &Sheet<'_>, series: &[(&str, Vec<Option<f64>>)], width: i32) -> Result<i32, Fault> {
    let (mut x, mut y) = (40, 10);
    for (at, (name, _)) in series.iter().enumerate() {
        let needed = 30 + text_width(sheet, name, 12) + 14;
        if x > 40 && x + needed > width - 8 {
            x = 40;
            y += 18;
        }
        let colour = PALETTE[at % PALETTE.len()];
        let stroke = colour.stroke_width(if at == 0 { 3 } else { 1 });
        sheet.draw(&PathElement::new([(x, y), (x + 24, y)], stroke))?;
        if at > 0 {
            sign(sheet, at, (x + 12, y))?;
        }
        text(sheet, name, (x + 30, y), 12, INK, HPos::Left)?;
        x += pixel(f64::from(needed));
    }
    Ok(y + 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Colour;

    fn chart(values: &[Option<&str>], name: &str) -> String {
        let line =
            Line { name: name.to_owned(), values: values.iter().map(|v| v.map(str::to_owned)).collect() };
        let bands = [
            Band { upto: Some(50), name: "优".to_owned(), colour: Colour::parse("#00e400") },
            Band { upto: None, name: "良".to_owned(), colour: Colour::parse("#ffff00") },
        ];
        let chart =
            LineChart { label: "逐时AQI", unit: "AQI", place: "时", lines: &[line], bands: &bands };
        lines(&chart, Size::Wide).unwrap()
    }

    #[test]
    fn gaps_break_the_line_and_leave_no_trace_in_the_coordinates() {
        let svg =
            chart(&[Some("40"), Some("52"), None, Some("60"), Some("NaN"), Some("inf"), Some("70")], "全区");
        assert!(svg.contains("全区") && svg.contains("7时") && svg.contains("优"), "{svg}");
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        assert_eq!(svg.matches("stroke-width=\"3\"").count(), 2, "one run of two points and the legend");
        assert!(svg.starts_with("<svg ") && svg.trim_end().ends_with("</svg>"));
    }

    #[test]
    fn nothing_to_draw_is_said() {
        for svg in [chart(&[None, None], "全区"), chart(&[], "全区")] {
            assert!(svg.contains("无数据"), "{svg}");
        }
    }

    #[test]
    fn names_are_escaped() {
        let svg = chart(&[Some("40")], "<script>alert(1)</script>");
        assert!(!svg.contains("<script"), "{svg}");
        assert!(svg.contains("&lt;script&gt;"), "{svg}");
    }
}
