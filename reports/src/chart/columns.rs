//! The AQI of each day of a month as columns in the colour of their level, the change of edition marked.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::Size;
use super::plot::{Fault, GRID, INK, Plot, SOFT, Sheet, draw, empty, pixel, text, text_width};
use crate::ReportError;
use crate::report::air::Band;
use crate::report::month_air::{DayCell, EditionSwitch};

/// Draws the chart; a box saying 无数据 where no day has an AQI.
///
/// # Errors
/// The drawing library failed.
pub fn columns(
    label: &str,
    days: &[DayCell],
    bands: &[Band],
    switch: Option<&EditionSwitch>,
    size: Size,
) -> Result<String, ReportError> {
    let Some(largest) = days.iter().filter_map(|d| d.aqi).max() else {
        return empty(label, size);
    };
    let (width, height) = match size {
        Size::Wide => (size.width(), 260),
        Size::Narrow => (size.width(), 230),
    };
    draw(label, (width, height), |sheet| {
        let right = width - 58;
        let top = if switch.is_some() { 44 } else { 30 };
        let places = u32::try_from(days.len()).unwrap_or(u32::MAX);
        let plot = Plot::new((40, top), (right, height - 26), places, f64::from(largest));
        plot.axes(sheet, "AQI")?;
        thresholds(sheet, &plot, bands)?;
        for (place, day) in (0..).zip(days) {
            column(sheet, &plot, place, day, size)?;
            let every = if size == Size::Wide { 2 } else { 5 };
            if day.number % every == 1 {
                text(
                    sheet,
                    &day.number.to_string(),
                    (plot.x(place), plot.bottom + 13),
                    11,
                    SOFT,
                    HPos::Center,
                )?;
            }
        }
        text(sheet, "日", (right + 6, plot.bottom + 13), 11, SOFT, HPos::Left)?;
        if let Some(switch) = switch {
            mark(sheet, &plot, days, switch)?;
        }
        Ok(())
    })
}

/// The upper end of each level that the scale reaches, with its name at the right.
fn thresholds(sheet: &Sheet<'_>, plot: &Plot, bands: &[Band]) -> Result<(), Fault> {
    let mut low = 0.0;
    for band in bands {
        let high = band.upto.map_or(plot.y_max, f64::from).min(plot.y_max);
        if high <= low {
            break;
        }
        let (top, bottom) = (plot.y(high), plot.y(low));
        if band.upto.is_some() && high < plot.y_max {
            sheet.draw(&PathElement::new([(plot.left, top), (plot.right + 4, top)], GRID.stroke_width(1)))?;
        }
        sheet.draw(&Rectangle::new(
            [(plot.right + 2, top + 1), (plot.right + 6, bottom - 1)],
            band.colour.rgb().filled(),
        ))?;
        if bottom - top >= 13 {
            text(sheet, &band.name, (plot.right + 9, (top + bottom) / 2), 11, SOFT, HPos::Left)?;
        }
        low = high;
    }
    Ok(())
}

fn column(sheet: &Sheet<'_>, plot: &Plot, place: u32, day: &DayCell, size: Size) -> Result<(), Fault> {
    let inset = if size == Size::Wide { 3.0 } else { 1.5 };
    let left = pixel(plot.edge(place) + inset);
    let right = pixel(plot.edge(place) + plot.pitch() - inset);
    let Some(aqi) = day.aqi else {
        let sign = if size == Size::Wide { "NA" } else { "×" };
        return text(sheet, sign, (plot.x(place), plot.bottom - 8), 10, SOFT, HPos::Center);
    };
    let colour = day.level.as_ref().map_or(super::Colour::GREY, |l| l.colour);
    let top = plot.y(f64::from(aqi));
    sheet.draw(&Rectangle::new([(left, top), (right, plot.bottom)], colour.rgb().filled()))?;
    // Pale colours need an outline on white paper.
    sheet.draw(&Rectangle::new([(left, top), (right, plot.bottom)], SOFT.mix(0.55).stroke_width(1)))?;
    if size == Size::Wide {
        text(sheet, &aqi.to_string(), (plot.x(place), top - 7), 10, INK, HPos::Center)?;
    }
    Ok(())
}

fn mark(sheet: &Sheet<'_>, plot: &Plot, days: &[DayCell], switch: &EditionSwitch) -> Result<(), Fault> {
    let Some((place, _)) = (0..).zip(days).find(|(_, d)| d.day == switch.day) else {
        return Ok(());
    };
    let x = pixel(plot.edge(place));
    let mut y = plot.top - 22;
    while y < plot.bottom {
        sheet.draw(&PathElement::new([(x, y), (x, (y + 5).min(plot.bottom))], INK.stroke_width(1)))?;
        y += 9;
    }
    let words = format!("{}日起 {}", switch.number, switch.to);
    let width = text_width(sheet, &words, 11);
    let fits = x + 5 + width < plot.right + 50;
    let (at, anchor) = if fits { (x + 5, HPos::Left) } else { (x - 5, HPos::Right) };
    text(sheet, &words, (at, plot.top - 22), 11, INK, anchor)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: u32, aqi: Option<u32>) -> DayCell {
        DayCell { day: format!("2026-03-{number:02}"), number, aqi, level: None, primary: String::new() }
    }

    #[test]
    fn missing_days_and_the_change_of_edition_are_marked() {
        let switch = EditionSwitch {
            day: "2026-03-02".to_owned(),
            number: 2,
            from: "HJ 633-2012".to_owned(),
            to: "HJ 633-2026".to_owned(),
        };
        let days = [day(1, Some(80)), day(2, None), day(3, Some(120))];
        let svg = columns("逐日AQI", &days, &[], Some(&switch), Size::Wide).unwrap();
        for expected in ["2日起 HJ 633-2026", "NA", "120", "80"] {
            assert!(svg.contains(expected), "{expected} in {svg}");
        }
        assert!(!svg.contains("NaN"));
    }

    #[test]
    fn a_month_without_data_says_so() {
        for days in [vec![], vec![day(1, None)]] {
            assert!(columns("逐日AQI", &days, &[], None, Size::Narrow).unwrap().contains("无数据"));
        }
    }
}
