//! The figure of a year so far, last year's beside it, and the fan of what it may come to, against its target.
//!
//! Drawn in one hue with different depth, width and dashes, so that it can be told apart in grey.

use chrono::{Datelike, NaiveDate};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::Size;
use super::plot::{Fault, GRID, INK, Plot, SOFT, Sheet, draw, empty, pixel, text, text_width};
use crate::ReportError;
use crate::report::course::{Course, CoursePoint, FanBand};

pub(super) const YEAR: RGBColor = RGBColor(0x1f, 0x3a, 0x5f);
const OUTER: RGBColor = RGBColor(0xdb, 0xe4, 0xee);
pub(super) const INNER: RGBColor = RGBColor(0xb1, 0xc4, 0xd9);
pub(super) const BEFORE: RGBColor = RGBColor(0x8f, 0x98, 0xa1);
pub(super) const TARGET: RGBColor = RGBColor(0xa6, 0x1b, 0x1b);

/// A place on the chart: day of the year from 1, and figure.
type Spot = (u32, f64);

/// The numbers of a course; what is no finite number is left out.
struct Numbers {
    running: Vec<Spot>,
    last_year: Vec<Spot>,
    fan: Vec<(u32, [f64; 5])>,
    target: f64,
}

/// Draws the chart; a box saying 无数据 where there is no figure of the year.
///
/// # Errors
/// The drawing library failed.
pub fn fan(label: &str, course: &Course, size: Size) -> Result<String, ReportError> {
    let Some(numbers) = Numbers::of(course).filter(|numbers| !numbers.running.is_empty()) else {
        return empty(label, size);
    };
    let (width, height) = (size.width(), 250);
    draw(label, (width, height), |sheet| {
        let top = legend(sheet, course, &numbers, width)? + 24;
        let ends = numbers.ends();
        let plot = Plot::spanning((44, top), (width - 16, height - 26), days_of(course.year), ends);
        plot.axes(sheet, course.unit)?;
        months(sheet, &plot, course.year)?;
        bands(sheet, &plot, &numbers.fan)?;
        path(sheet, &plot, &numbers.last_year, BEFORE.stroke_width(1))?;
        let y = plot.y(numbers.target);
        sheet.draw(&PathElement::new([(plot.left, y), (plot.right, y)], TARGET.stroke_width(2)))?;
        dashes(sheet, &plot, &numbers.fan)?;
        path(sheet, &plot, &numbers.running, YEAR.stroke_width(3))?;
        bound(sheet, &plot, course, &numbers)
    })
}

impl Numbers {
    fn of(course: &Course) -> Option<Self> {
        let number = |text: &String| text.parse::<f64>().ok().filter(|value| value.is_finite());
        let spots = |points: &[CoursePoint]| -> Vec<Spot> {
            points.iter().filter_map(|point| Some((point.number, number(&point.value)?))).collect()
        };
        let band = |band: &FanBand| {
            let quantiles: Option<Vec<f64>> = band.quantiles.iter().map(number).collect();
            Some((band.number, quantiles?.try_into().ok()?))
        };
        Some(Self {
            running: spots(&course.running),
            last_year: spots(&course.last_year),
            fan: course.fan.iter().filter_map(band).collect(),
            target: number(&course.target)?,
        })
    }

    /// The smallest and the largest of all figures.
    fn ends(&self) -> (f64, f64) {
        let lines = self.running.iter().chain(&self.last_year).map(|(_, value)| *value);
        let fan = self.fan.iter().flat_map(|(_, quantiles)| *quantiles);
        let all = || lines.clone().chain(fan.clone()).chain([self.target]);
        (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
    }
}

pub(super) fn days_of(year: i32) -> u32 {
    NaiveDate::from_ymd_opt(year, 12, 31).map_or(365, |day| day.ordinal())
}

/// Where a day of the year ends.
pub(super) fn place(plot: &Plot, number: u32) -> i32 {
    pixel(plot.edge(number))
}

/// Months under the axis, and a faint line where each begins.
pub(super) fn months(sheet: &Sheet<'_>, plot: &Plot, year: i32) -> Result<(), Fault> {
    let first = |month: u32| NaiveDate::from_ymd_opt(year, month, 1).map(|day| day.ordinal0());
    for month in 1..=12 {
        let (Some(begin), end) = (first(month), first(month + 1).unwrap_or(plot.places)) else { continue };
        let (left, right) = (place(plot, begin), place(plot, end));
        if month > 1 {
            sheet.draw(&PathElement::new([(left, plot.top), (left, plot.bottom)], GRID.stroke_width(1)))?;
        }
        let words = if month == 12 { "12月".to_owned() } else { month.to_string() };
        text(sheet, &words, ((left + right) / 2, plot.bottom + 13), 11, SOFT, HPos::Center)?;
    }
    Ok(())
}

/// The middle 90 % and the middle half of the courses.
fn bands(sheet: &Sheet<'_>, plot: &Plot, fan: &[(u32, [f64; 5])]) -> Result<(), Fault> {
    for (low, high, colour) in [(0, 4, OUTER), (1, 3, INNER)] {
        let edge = |at: usize| {
            move |(number, quantiles): &(u32, [f64; 5])| (place(plot, *number), plot.y(quantiles[at]))
        };
        let outline: Vec<(i32, i32)> =
            fan.iter().map(edge(low)).chain(fan.iter().rev().map(edge(high))).collect();
        if fan.len() > 1 {
            sheet.draw(&Polygon::new(outline, colour.filled()))?;
        }
    }
    Ok(())
}

fn path(sheet: &Sheet<'_>, plot: &Plot, spots: &[Spot], stroke: ShapeStyle) -> Result<(), Fault> {
    let points: Vec<(i32, i32)> =
        spots.iter().map(|(number, value)| (place(plot, *number), plot.y(*value))).collect();
    match points.as_slice() {
        [] => {}
        [only] => sheet.draw(&Circle::new(*only, 2, stroke.filled()))?,
        _ => sheet.draw(&PathElement::new(points, stroke))?,
    }
    Ok(())
}

/// The median of the fan, dashed by time: each second piece of eight pixels.
fn dashes(sheet: &Sheet<'_>, plot: &Plot, fan: &[(u32, [f64; 5])]) -> Result<(), Fault> {
    let points: Vec<(i32, i32)> =
        fan.iter().map(|(number, quantiles)| (place(plot, *number), plot.y(quantiles[2]))).collect();
    for pair in points.windows(2) {
        let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
        let slope = f64::from(to_y - y) / f64::from((to_x - x).max(1));
        let at = |along: i32| (along, y + pixel(slope * f64::from(along - x)));
        let mut along = x;
        while along < to_x {
            sheet.draw(&PathElement::new([at(along), at((along + 4).min(to_x))], YEAR.stroke_width(2)))?;
            along += 8;
        }
    }
    Ok(())
}

/// The number of the target at its line, on the side that the figure is not, on a pale ground.
fn bound(sheet: &Sheet<'_>, plot: &Plot, course: &Course, numbers: &Numbers) -> Result<(), Fault> {
    let line = plot.y(numbers.target);
    let is_above = numbers.running.last().is_some_and(|(_, value)| *value > numbers.target);
    let (above, below) = (line - 10, line + 10);
    let y = match (is_above, above < plot.top, below > plot.bottom) {
        (true, _, false) | (false, true, _) => below,
        _ => above,
    };
    let words = format!("目标{}", course.target);
    let (x, width) = (plot.left + 5, text_width(sheet, &words, 12));
    sheet.draw(&Rectangle::new([(x - 2, y - 7), (x + width + 2, y + 7)], WHITE.mix(0.75).filled()))?;
    text(sheet, &words, (x, y), 12, TARGET, HPos::Left)
}

/// What the lines and the fields mean; returns where the last row ends.
fn legend(sheet: &Sheet<'_>, course: &Course, numbers: &Numbers, width: i32) -> Result<i32, Fault> {
    let mut entries: Vec<(String, Sample)> =
        vec![(format!("{}年累计", course.year), Sample::Line(YEAR.stroke_width(3)))];
    if !numbers.last_year.is_empty() {
        entries.push((format!("{}年累计", course.year - 1), Sample::Line(BEFORE.stroke_width(1))));
    }
    if numbers.fan.len() > 1 {
        entries.extend([
            ("预计中位数".to_owned(), Sample::Dashes),
            ("50%范围".to_owned(), Sample::Field(INNER)),
            ("90%范围".to_owned(), Sample::Field(OUTER)),
        ]);
    }
    let (mut x, mut y) = (44, 10);
    for (name, sample) in entries {
        let needed = 28 + text_width(sheet, &name, 12) + 12;
        if x > 44 && x + needed > width - 8 {
            x = 44;
            y += 18;
        }
        match sample {
            Sample::Line(stroke) => sheet.draw(&PathElement::new([(x, y), (x + 22, y)], stroke))?,
            Sample::Dashes => {
                for from in [x, x + 8, x + 16] {
                    sheet.draw(&PathElement::new([(from, y), (from + 4, y)], YEAR.stroke_width(2)))?;
                }
            }
            Sample::Field(colour) => {
                let field = [(x, y - 5), (x + 22, y + 5)];
                sheet.draw(&Rectangle::new(field, colour.filled()))?;
                sheet.draw(&Rectangle::new(field, SOFT.mix(0.45).stroke_width(1)))?;
            }
        }
        text(sheet, &name, (x + 28, y), 12, INK, HPos::Left)?;
        x += needed;
    }
    Ok(y + 8)
}

/// How an entry of the legend looks.
enum Sample {
    Line(ShapeStyle),
    Dashes,
    Field(RGBColor),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(number: u32, value: &str) -> CoursePoint {
        CoursePoint { day: String::new(), number, value: value.to_owned() }
    }

    fn band(number: u32, quantiles: [&str; 5]) -> FanBand {
        FanBand { day: String::new(), number, quantiles: quantiles.map(str::to_owned) }
    }

    /// A year seen from the end of November.
    fn course() -> Course {
        Course {
            year: 2025,
            unit: "μg/m³",
            target: "35".to_owned(),
            running: vec![point(10, "48"), point(200, "40"), point(334, "36")],
            last_year: vec![point(10, "50"), point(365, "38")],
            fan: vec![band(334, ["36"; 5]), band(365, ["33.0", "34.5", "36.0", "37.0", "41.0"])],
        }
    }

    #[test]
    fn the_target_and_the_end_of_the_fan_are_where_the_scale_puts_them() {
        let svg = fan("PM2.5", &course(), Size::Wide).unwrap();
        let plot = Plot::spanning((44, 42), (744, 224), 365, (33.0, 50.0));
        let y = plot.y(35.0);
        let line = format!("stroke=\"#A61B1B\" stroke-width=\"2\" points=\"44,{y} 744,{y} \"");
        assert_eq!(svg.matches(&line).count(), 1, "the target goes through the whole year: {svg}");
        let corner = |value: f64| format!("744,{}", plot.y(value));
        let field = svg.split("<polygon").nth(1).unwrap().split("/>").next().unwrap();
        for value in [33.0, 41.0] {
            assert!(field.contains(&corner(value)), "{value} at {} in {field}", corner(value));
        }
        let inner = svg.split("<polygon").nth(2).unwrap().split("/>").next().unwrap();
        for value in [34.5, 37.0] {
            assert!(inner.contains(&corner(value)), "{value} in {inner}");
        }
        let start = format!("{},{}", pixel(plot.edge(334)), plot.y(36.0));
        assert!(field.contains(&start) && svg.matches(&start).count() >= 3, "fan and line meet at {start}");
        for words in ["目标35", "2025年累计", "2024年累计", "50%范围", "90%范围", "12月"] {
            assert!(svg.contains(words), "{words}");
        }
    }

    #[test]
    fn without_an_estimate_there_is_no_fan_and_without_a_figure_no_chart() {
        let known = Course { fan: Vec::new(), last_year: Vec::new(), ..course() };
        let svg = fan("PM2.5", &known, Size::Narrow).unwrap();
        assert!(!svg.contains("<polygon") && !svg.contains("范围") && !svg.contains("2024"));
        assert!(svg.contains("目标35"));
        for course in [
            Course { running: Vec::new(), ..course() },
            Course { running: vec![point(1, "NaN")], ..course() },
            Course { target: "inf".to_owned(), ..course() },
        ] {
            assert!(fan("PM2.5", &course, Size::Narrow).unwrap().contains("无数据"));
        }
    }

    #[test]
    fn a_fall_is_drawn_below_zero_with_zero_on_the_scale() {
        let fall = Course {
            unit: "%",
            target: "-3".to_owned(),
            running: vec![point(100, "-6.1"), point(200, "1.4")],
            last_year: Vec::new(),
            fan: Vec::new(),
            ..course()
        };
        let svg = fan("PM2.5同比", &fall, Size::Narrow).unwrap();
        for words in ["目标-3", "\n-8\n", "\n0\n", "\n2\n"] {
            assert!(svg.contains(words), "{words} in {svg}");
        }
    }
}
