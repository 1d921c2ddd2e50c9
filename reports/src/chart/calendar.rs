//! The days of a month as a strip of cells in the colour of their level, each with its AQI and level in words.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::plot::{Fault, INK, SOFT, Sheet, draw, empty, text};
use super::{Colour, Size};
use crate::ReportError;
use crate::report::month_air::DayCell;

/// Draws the strip; a box saying 无数据 where no day has an AQI.
///
/// # Errors
/// The drawing library failed.
pub fn calendar(label: &str, days: &[DayCell], size: Size) -> Result<String, ReportError> {
    if days.iter().all(|d| d.aqi.is_none()) {
        return empty(label, size);
    }
    let columns: i32 = match size {
        Size::Wide => 16,
        Size::Narrow => 7,
    };
    let count = i32::try_from(days.len()).unwrap_or(0);
    let cell = (size.width() - 2) / columns;
    let height = 56;
    let rows = (count + columns - 1) / columns;
    draw(label, (size.width(), rows * height + 2), |sheet| {
        for (at, day) in (0_i32..).zip(days) {
            let corner = (1 + at % columns * cell, 1 + at / columns * height);
            draw_cell(sheet, corner, (cell, height), day)?;
        }
        Ok(())
    })
}

fn draw_cell(
    sheet: &Sheet<'_>,
    (x, y): (i32, i32),
    (width, height): (i32, i32),
    day: &DayCell,
) -> Result<(), Fault> {
    let middle = x + width / 2;
    let (left, right) = (x + 1, x + width - 1);
    text(sheet, &day.number.to_string(), (middle, y + 8), 11, SOFT, HPos::Center)?;
    let field = [(left, y + 16), (right, y + height - 3)];
    let colour = day.level.as_ref().map_or(Colour::GREY, |l| l.colour);
    if day.aqi.is_some() {
        // A pale field carries the words, a full bar the official colour.
        sheet.draw(&Rectangle::new(field, colour.rgb().mix(0.22).filled()))?;
        let bar = [(left, y + height - 9), (right, y + height - 3)];
        sheet.draw(&Rectangle::new(bar, colour.rgb().filled()))?;
    }
    sheet.draw(&Rectangle::new(field, SOFT.mix(0.45).stroke_width(1)))?;
    match (day.aqi, &day.level) {
        (None, _) => text(sheet, "NA", (middle, y + 33), 12, SOFT, HPos::Center),
        (Some(aqi), level) => {
            text(sheet, &aqi.to_string(), (middle, y + 24), 13, INK, HPos::Center)?;
            let words = level.as_ref().map_or("", |l| short(&l.category));
            text(sheet, words, (middle, y + 37), 10, INK, HPos::Center)
        }
    }
}

/// 轻度污染 as 轻度, so that it fits a cell.
fn short(category: &str) -> &str {
    category.strip_suffix("污染").unwrap_or(category)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_has_its_cell_and_a_missing_day_says_na() {
        let days: Vec<DayCell> = (1..=31)
            .map(|number| DayCell {
                day: format!("2026-10-{number:02}"),
                number,
                aqi: (number != 7).then_some(100 + number),
                level: None,
                primary: String::new(),
            })
            .collect();
        for size in [Size::Wide, Size::Narrow] {
            let svg = calendar("逐日级别", &days, size).unwrap();
            assert_eq!(svg.matches("NA").count(), 1);
            assert!(svg.contains("131") && !svg.contains("NaN"));
        }
        assert!(calendar("逐日级别", &[], Size::Wide).unwrap().contains("无数据"));
    }
}
