//! Classes of sections month by month: a row a section, a field a month, each with its class in words.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::plot::{INK, SOFT, draw, empty, text, text_width};
use super::{Colour, Size};
use crate::ReportError;
use crate::report::water::Course;

const ROW: i32 = 26;
const HEAD: i32 = 20;

/// Draws the fields; a box saying 无数据 where there are none.
///
/// # Errors
/// The drawing library failed.
pub fn course(label: &str, course: &Course, size: Size) -> Result<String, ReportError> {
    let (Ok(columns), Ok(rows)) = (i32::try_from(course.months.len()), i32::try_from(course.rows.len()))
    else {
        return empty(label, size);
    };
    if columns == 0 || rows == 0 {
        return empty(label, size);
    }
    let font = if size == Size::Wide { 12 } else { 10 };
    draw(label, (size.width(), HEAD + rows * ROW + 2), |sheet| {
        let longest = course.rows.iter().map(|row| text_width(sheet, &row.name, font)).max().unwrap_or(0);
        let left = (longest + 8).min(size.width() / 2);
        let width = (size.width() - left - 2) / columns;
        for (at, month) in (0_i32..).zip(&course.months) {
            text(sheet, month, (left + at * width + width / 2, HEAD / 2), font - 1, SOFT, HPos::Center)?;
        }
        for (line, row) in (0_i32..).zip(&course.rows) {
            let top = HEAD + line * ROW;
            text(sheet, &row.name, (left - 6, top + ROW / 2), font, INK, HPos::Right)?;
            for (at, class) in (0_i32..).zip(&row.classes) {
                let corner = left + at * width;
                let field = [(corner + 1, top + 2), (corner + width - 1, top + ROW - 2)];
                let colour = class.as_ref().map_or(Colour::GREY, |class| class.colour);
                let fill = if class.is_some() { colour.rgb().mix(0.55) } else { colour.rgb().mix(0.25) };
                sheet.draw(&Rectangle::new(field, fill.filled()))?;
                let name = class.as_ref().map_or("—", |class| class.name.as_str());
                text(sheet, name, (corner + width / 2, top + ROW / 2), font, INK, HPos::Center)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sections::ClassCell;
    use crate::report::water::CourseRow;

    #[test]
    fn every_month_of_every_section_has_its_field() {
        let cell = ClassCell {
            class: 6,
            name: "劣Ⅴ".to_owned(),
            state: "重度污染".to_owned(),
            colour: Colour::parse("#ff0000"),
        };
        let row = |name: &str| CourseRow { name: name.to_owned(), classes: vec![Some(cell.clone()), None] };
        let months = vec!["1月".to_owned(), "2月".to_owned()];
        let all = Course { months, rows: vec![row("甲"), row("乙")] };
        for size in [Size::Wide, Size::Narrow] {
            let svg = course("类别", &all, size).unwrap();
            assert_eq!((svg.matches("劣Ⅴ").count(), svg.matches('—').count()), (2, 2));
        }
        let none = Course { months: Vec::new(), rows: Vec::new() };
        assert!(course("类别", &none, Size::Wide).unwrap().contains("无数据"));
    }
}
