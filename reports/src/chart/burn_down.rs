//! What of a year's allowance is used, day by day, beside the even pace, and where the year is heading.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::Size;
use super::fan::{BEFORE, INNER, TARGET, YEAR, days_of, months, place};
use super::plot::{Fault, INK, Plot, Sheet, draw, empty, text, text_width};
use crate::ReportError;
use crate::report::allowances::BurnDownCourse;

/// Draws the chart; a box saying 无数据 where nothing was measured.
///
/// # Errors
/// The drawing library failed.
pub fn burn_down(label: &str, course: &BurnDownCourse, size: Size) -> Result<String, ReportError> {
    let number = |text: &String| text.parse::<f64>().ok().filter(|value| value.is_finite());
    let used: Vec<(u32, f64)> =
        course.used.iter().filter_map(|point| Some((point.number, number(&point.value)?))).collect();
    let (Some(allowance), Some(&(_, last))) = (number(&course.allowance), used.last()) else {
        return empty(label, size);
    };
    let end = course
        .end
        .as_ref()
        .and_then(|[low, expected, high]| Some([number(low)?, number(expected)?, number(high)?]));
    let (width, height) = (size.width(), 240);
    draw(label, (width, height), |sheet| {
        let top = legend(sheet, course.year, end.is_some(), width)? + 24;
        let largest = end.map_or(last, |[_, _, high]| high.max(last)).max(allowance);
        let plot = Plot::new((58, top), (width - 22, height - 26), days_of(course.year), largest);
        plot.axes(sheet, "kg")?;
        months(sheet, &plot, course.year)?;
        let (left, right) = (place(&plot, 0), place(&plot, plot.places));
        let line = plot.y(allowance);
        let even = [(left, plot.y(0.0)), (right, line)];
        sheet.draw(&PathElement::new(even, BEFORE.stroke_width(1)))?;
        sheet.draw(&PathElement::new([(left, line), (right, line)], TARGET.stroke_width(2)))?;
        let mut points = vec![(left, plot.y(0.0))];
        points.extend(used.iter().map(|(day, value)| (place(&plot, *day), plot.y(*value))));
        sheet.draw(&PathElement::new(points, YEAR.stroke_width(3)))?;
        if let Some([low, expected, high]) = end {
            let bar = [(right - 5, plot.y(high)), (right + 5, plot.y(low))];
            sheet.draw(&Rectangle::new(bar, INNER.filled()))?;
            sheet.draw(&Circle::new((right, plot.y(expected)), 4, YEAR.filled()))?;
        }
        let words = format!("指标{}", course.allowance);
        text(sheet, &words, (left + 5, line - 9), 12, TARGET, HPos::Left)
    })
}

/// What the lines mean; returns where the row ends.
fn legend(sheet: &Sheet<'_>, year: i32, is_ahead: bool, width: i32) -> Result<i32, Fault> {
    let mut entries = vec![
        (format!("{year}年累计"), YEAR.stroke_width(3)),
        ("匀速进度".to_owned(), BEFORE.stroke_width(1)),
    ];
    if is_ahead {
        entries.push(("预计全年（80%区间）".to_owned(), INNER.stroke_width(9)));
    }
    let (mut x, mut y) = (58, 10);
    for (name, stroke) in entries {
        let needed = 28 + text_width(sheet, &name, 12) + 12;
        if x > 58 && x + needed > width - 8 {
            x = 58;
            y += 18;
        }
        sheet.draw(&PathElement::new([(x, y), (x + 22, y)], stroke))?;
        text(sheet, &name, (x + 28, y), 12, INK, HPos::Left)?;
        x += needed;
    }
    Ok(y + 8)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::course::CoursePoint;

    fn course(used: &[(u32, &str)], end: Option<[&str; 3]>) -> BurnDownCourse {
        let point = |(number, value): &(u32, &str)| CoursePoint {
            day: String::new(),
            number: *number,
            value: (*value).to_owned(),
        };
        BurnDownCourse {
            year: 2026,
            allowance: "36500".to_owned(),
            used: used.iter().map(point).collect(),
            end: end.map(|numbers| numbers.map(str::to_owned)),
        }
    }

    #[test]
    fn the_allowance_is_a_line_and_the_forecast_a_bar_at_the_years_end() {
        let given = course(&[(100, "10400"), (200, "21000")], Some(["35000", "38000", "41000"]));
        let svg = burn_down("总量", &given, Size::Wide).unwrap();
        let plot = Plot::new((58, 42), (738, 214), 365, 41_000.0);
        let line = format!("points=\"58,{y} 738,{y} \"", y = plot.y(36_500.0));
        assert_eq!(svg.matches(&line).count(), 1, "{line} in {svg}");
        assert!(svg.contains(&format!("cx=\"738\" cy=\"{}\"", plot.y(38_000.0))), "{svg}");
        for words in ["指标36500", "2026年累计", "匀速进度", "预计全年"] {
            assert!(svg.contains(words), "{words}");
        }
        let known = burn_down("总量", &course(&[(100, "10400")], None), Size::Narrow).unwrap();
        assert!(!known.contains("预计全年") && !known.contains("<circle"));
        assert!(burn_down("总量", &course(&[], None), Size::Narrow).unwrap().contains("无数据"));
    }
}
