//! The sheet a chart is drawn on: size, font, scale from the data, axes. Everything is in pixels of the SVG.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::{
    register_font,
    text_anchor::{HPos, Pos, VPos},
};

use crate::ReportError;

/// Families for the browser; the first is the one text is measured with.
const FAMILY: &str =
    "Noto Sans SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif";

static FONT: &[u8] = include_bytes!("../../fonts/NotoSansSC-Regular-gb2312.ttf");

/// Text colours, dark on white.
pub(crate) const INK: RGBColor = RGBColor(0x1f, 0x29, 0x33);
pub(crate) const SOFT: RGBColor = RGBColor(0x5b, 0x65, 0x70);
pub(crate) const GRID: RGBColor = RGBColor(0xe1, 0xe5, 0xea);

/// Where a chart will be looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// A4 or a desk screen.
    Wide,
    /// A phone.
    Narrow,
}

impl Size {
    pub(crate) const fn width(self) -> i32 {
        match self {
            Self::Wide => 760,
            Self::Narrow => 360,
        }
    }
}

pub(crate) type Sheet<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws on a white sheet and returns the SVG with a label for readers that cannot see it.
pub(crate) fn draw(
    label: &str,
    (width, height): (i32, i32),
    paint: impl FnOnce(&Sheet<'_>) -> Result<(), Fault>,
) -> Result<String, ReportError> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = *REGISTERED.get_or_init(|| register_font(FAMILY, FontStyle::Normal, FONT).is_ok());
    let error = |cause: String| ReportError::Chart { chart: label.to_owned(), cause };
    if !registered {
        return Err(error("the built-in font is damaged".to_owned()));
    }
    let mut svg = String::new();
    {
        let size = (width.unsigned_abs(), height.unsigned_abs());
        let sheet = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        sheet.fill(&WHITE).map_err(|e| error(e.to_string()))?;
        paint(&sheet).map_err(|Fault(cause)| error(cause))?;
        sheet.present().map_err(|e| error(e.to_string()))?;
    }
    Ok(svg.replacen("<svg ", &format!("<svg role=\"img\" aria-label=\"{}\" ", attribute(label)), 1))
}

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// What the drawing library said.
pub(crate) struct Fault(String);

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for Fault {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        Self(error.to_string())
    }
}

/// A box that says there is nothing to draw.
pub(crate) fn empty(label: &str, size: Size) -> Result<String, ReportError> {
    let (width, height) = (size.width(), 96);
    draw(label, (width, height), |sheet| {
        sheet.draw(&Rectangle::new([(1, 1), (width - 2, height - 2)], GRID.stroke_width(1)))?;
        text(sheet, "无数据", (width / 2, height / 2), 14, SOFT, HPos::Center)?;
        Ok(())
    })
}

/// A style of the given height in pixels.
fn style(height: i32, colour: RGBColor, anchor: HPos) -> TextStyle<'static> {
    // The SVG backend writes the em size as 1/1.24 of the asked size.
    let size = f64::from(height) * 1.24;
    (FAMILY, size).into_font().color(&colour).pos(Pos::new(anchor, VPos::Center))
}

/// Writes text, vertically centred on the point.
pub(crate) fn text(
    sheet: &Sheet<'_>,
    words: &str,
    at: (i32, i32),
    height: i32,
    colour: RGBColor,
    anchor: HPos,
) -> Result<(), Fault> {
    sheet.draw(&Text::new(words.to_owned(), at, style(height, colour, anchor)))?;
    Ok(())
}

/// Width of text in pixels. The library takes the asked size for the font's line height (1.448 em), the SVG shows it as
/// 1.24 em; the quotient corrects the measure.
pub(crate) fn text_width(sheet: &Sheet<'_>, words: &str, height: i32) -> i32 {
    let style = style(height, INK, HPos::Left);
    sheet.estimate_text_size(words, &style).ok().and_then(|(width, _)| i32::try_from(width).ok()).unwrap_or(0)
        * 1448
        / 1240
}

/// Nearest pixel.
pub(crate) fn pixel(position: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounded; positions lie on the sheet")]
    let pixel = position.round() as i32;
    pixel
}

/// The plotting field and its scales. `x` counts places from 0 to `places`.
pub(crate) struct Plot {
    pub(crate) left: i32,
    pub(crate) right: i32,
    pub(crate) top: i32,
    pub(crate) bottom: i32,
    pub(crate) places: u32,
    pub(crate) y_max: f64,
    y_min: f64,
    step: f64,
}

impl Plot {
    /// A field with a scale from zero that holds `largest` with a little room above.
    pub(crate) fn new(
        (left, top): (i32, i32),
        (right, bottom): (i32, i32),
        places: u32,
        largest: f64,
    ) -> Self {
        let step = step(largest.max(1.0) * 1.08 / 5.0);
        let y_max = (largest.max(1.0) * 1.08 / step).ceil() * step;
        Self { left, right, top, bottom, places: places.max(1), y_max, y_min: 0.0, step }
    }

    /// A field for values that need not start at zero. Zero is on the scale unless all values lie far from it, because a
    /// year's mean that moves from 41 to 36 would be a flat line otherwise.
    pub(crate) fn spanning(
        (left, top): (i32, i32),
        (right, bottom): (i32, i32),
        places: u32,
        (smallest, largest): (f64, f64),
    ) -> Self {
        let low = if smallest > 0.0 && smallest < largest / 2.0 { 0.0 } else { smallest };
        let high = if largest < 0.0 && largest > smallest / 2.0 { 0.0 } else { largest };
        let step = step((high - low).max(0.5) * 1.08 / 5.0);
        let y_min = (low / step).floor() * step;
        let y_max = ((high / step).ceil() * step).max(y_min + step);
        Self { left, right, top, bottom, places: places.max(1), y_max, y_min, step }
    }

    /// Middle of a place, counted from 0.
    pub(crate) fn x(&self, place: u32) -> i32 {
        pixel(self.edge(place) + self.pitch() / 2.0)
    }

    /// Left edge of a place.
    pub(crate) fn edge(&self, place: u32) -> f64 {
        f64::from(self.left) + self.pitch() * f64::from(place)
    }

    /// Width of one place.
    pub(crate) fn pitch(&self) -> f64 {
        f64::from(self.right - self.left) / f64::from(self.places)
    }

    /// Height of a value; values beyond the scale stay at its end.
    pub(crate) fn y(&self, value: f64) -> i32 {
        let share = ((value - self.y_min) / (self.y_max - self.y_min)).clamp(0.0, 1.0);
        pixel(f64::from(self.bottom) - share * f64::from(self.bottom - self.top))
    }

    /// Horizontal lines, their numbers and the unit above the axis.
    pub(crate) fn axes(&self, sheet: &Sheet<'_>, unit: &str) -> Result<(), Fault> {
        let mut value = self.y_min;
        while value <= self.y_max + self.step / 2.0 {
            let y = self.y(value);
            let colour = if y == self.bottom { SOFT } else { GRID };
            sheet.draw(&PathElement::new([(self.left, y), (self.right, y)], colour.stroke_width(1)))?;
            text(sheet, &self.number(value), (self.left - 6, y), 11, SOFT, HPos::Right)?;
            value += self.step;
        }
        text(sheet, unit, (2, self.top - 14), 11, SOFT, HPos::Left)
    }
}

impl Plot {
    /// A number of the axis, with the decimals of its steps.
    fn number(&self, value: f64) -> String {
        let places = [0_usize, 1, 2, 3].into_iter().find(|places| {
            let scaled = self.step * [1.0, 10.0, 100.0, 1000.0][*places];
            (scaled - scaled.round()).abs() < 1e-9
        });
        let places = places.unwrap_or(4);
        // What is next to nothing has no sign.
        let value = if value.abs() < self.step / 2.0 { 0.0 } else { value };
        format!("{value:.places$}")
    }
}

/// The round number (1, 2 or 5 times a power of ten) at or above `rough`.
fn step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|s| *s >= rough - 1e-9).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_round_and_holds_the_data() {
        for (largest, top) in
            [(0.0, 1.5), (47.0, 60.0), (82.0, 100.0), (100.0, 150.0), (318.0, 400.0), (500.0, 600.0)]
        {
            let plot = Plot::new((40, 20), (300, 200), 24, largest);
            assert!((plot.y_max - top).abs() < 1e-9, "{largest} gives {}", plot.y_max);
            assert!(plot.y(largest) >= plot.top);
        }
    }

    #[test]
    fn a_scale_leaves_zero_out_only_where_the_data_are_far_from_it() {
        for (ends, scale, numbers) in [
            ((33.2, 44.0), (30.0, 45.0), ["30", "35"]),
            ((0.82, 1.31), (0.8, 1.4), ["0.8", "1.0"]),
            ((12.0, 251.0), (0.0, 300.0), ["0", "100"]),
            ((-9.5, 3.0), (-10.0, 5.0), ["-10", "-5"]),
            ((7.0, 7.0), (7.0, 7.2), ["7.0", "7.2"]),
        ] {
            let plot = Plot::spanning((40, 20), (300, 200), 365, ends);
            assert!((plot.y_min - scale.0).abs() < 1e-5 && (plot.y_max - scale.1).abs() < 1e-5, "{ends:?}");
            assert!(plot.y(ends.0) <= plot.bottom && plot.y(ends.1) >= plot.top, "{ends:?}");
            assert_eq!([plot.y_min, plot.y_min + plot.step].map(|v| plot.number(v)), numbers, "{ends:?}");
        }
    }
}
