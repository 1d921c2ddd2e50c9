//! A map of waters: lines of water, sections in the colour of their class with the class in words, outlets and ditches as small
//! marks. Longitudes are shortened by the cosine of the middle latitude; there is no background and no scale.

use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

use super::plot::{Fault, INK, SOFT, Sheet, draw, empty, pixel, text, text_width};
use super::{Colour, Size};
use crate::ReportError;
use crate::report::water::RiverMap;

const MARGIN: i32 = 28;
const WATER: RGBColor = RGBColor(0x6f, 0xa8, 0xdc);
/// Room that a mark's name keeps from others, in pixels.
const LINE: i32 = 14;

/// Draws the map; a box saying 无数据 where nothing has a position.
///
/// # Errors
/// The drawing library failed.
pub fn rivers(label: &str, map: &RiverMap, size: Size) -> Result<String, ReportError> {
    let Some(frame) = Frame::of(map, size) else { return empty(label, size) };
    draw(label, (size.width(), frame.height), |sheet| {
        for line in &map.lines {
            let line: Vec<(i32, i32)> = line.iter().map(|at| frame.pixel(*at)).collect();
            sheet.draw(&PathElement::new(line, WATER.stroke_width(3)))?;
        }
        let mut taken = Vec::new();
        for mark in &map.sections {
            let at = frame.pixel(mark.at);
            let colour = mark.class.as_ref().map_or(Colour::GREY, |class| class.colour).rgb();
            sheet.draw(&Circle::new(at, 7, colour.filled()))?;
            sheet.draw(&Circle::new(at, 7, INK.stroke_width(1)))?;
            let class = mark.class.as_ref().map_or("NA", |class| class.name.as_str());
            name(sheet, &format!("{} {class}", mark.name), at, (12, INK), (&frame, &mut taken))?;
        }
        for mark in &map.sources {
            let at = frame.pixel(mark.at);
            sheet.draw(&TriangleMarker::new(at, 5, SOFT.filled()))?;
            name(sheet, &mark.name, at, (10, SOFT), (&frame, &mut taken))?;
        }
        Ok(())
    })
}

/// Where names stand: left, top, right, bottom.
type Box4 = (i32, i32, i32, i32);

/// Writes a name beside its mark where it covers no other; left out where there is no room.
fn name(
    sheet: &Sheet<'_>,
    words: &str,
    (x, y): (i32, i32),
    (height, colour): (i32, RGBColor),
    (frame, taken): (&Frame, &mut Vec<Box4>),
) -> Result<(), Fault> {
    let width = text_width(sheet, words, height);
    let places =
        [(10, 0), (-10 - width, 0), (-width / 2, -LINE), (-width / 2, LINE), (10, LINE), (10, -LINE)];
    let free = places.into_iter().map(|(dx, dy)| (x + dx, y + dy)).find(|(left, middle)| {
        let own = (*left, middle - LINE / 2, left + width, middle + LINE / 2);
        let inside = own.0 >= 0 && own.2 <= frame.width && own.1 >= 0 && own.3 <= frame.height;
        inside && taken.iter().all(|other| !overlap(own, *other))
    });
    let Some((left, middle)) = free else { return Ok(()) };
    taken.push((left, middle - LINE / 2, left + width, middle + LINE / 2));
    text(sheet, words, (left, middle), height, colour, HPos::Left)
}

const fn overlap(a: Box4, b: Box4) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

/// The stretch of the earth that is drawn, and the sheet it is drawn on.
struct Frame {
    west: f64,
    north: f64,
    /// Pixels a degree of longitude and of latitude.
    scale: (f64, f64),
    width: i32,
    height: i32,
}

impl Frame {
    fn of(map: &RiverMap, size: Size) -> Option<Self> {
        let marks = map.sections.iter().chain(&map.sources).map(|mark| mark.at);
        let all: Vec<[f64; 2]> = map.lines.iter().flatten().copied().chain(marks).collect();
        let end = |at: usize, pick: fn(f64, f64) -> f64| all.iter().map(|p| p[at]).reduce(pick);
        let (west, east) = (end(0, f64::min)?, end(0, f64::max)?);
        let (south, north) = (end(1, f64::min)?, end(1, f64::max)?);
        let shortened = ((south + north) / 2.0).to_radians().cos().max(0.01);
        // A single point still needs a stretch.
        let (across, down) = (((east - west) * shortened).max(0.001), (north - south).max(0.001));
        let room = f64::from(size.width() - 2 * MARGIN);
        let tallest = if size == Size::Wide { 420.0 } else { 380.0 };
        let scale = (room / across).min(tallest / down);
        Some(Self {
            west: west - (room / scale - across) / 2.0 / shortened,
            north,
            scale: (scale * shortened, scale),
            width: size.width(),
            height: pixel(down * scale) + 2 * MARGIN,
        })
    }

    fn pixel(&self, [longitude, latitude]: [f64; 2]) -> (i32, i32) {
        (
            MARGIN + pixel((longitude - self.west) * self.scale.0),
            MARGIN + pixel((self.north - latitude) * self.scale.1),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::water::MapMark;

    fn mark(name: &str, at: [f64; 2]) -> MapMark {
        MapMark { name: name.to_owned(), at, class: None }
    }

    #[test]
    fn every_place_lies_on_the_sheet_and_the_right_way_round() {
        let map = RiverMap {
            lines: vec![vec![[117.2, 39.2], [117.4, 39.0]]],
            sections: vec![mark("上", [117.2, 39.2]), mark("下", [117.4, 39.0])],
            sources: vec![mark("口", [117.3, 39.1])],
        };
        for size in [Size::Wide, Size::Narrow] {
            let frame = Frame::of(&map, size).unwrap();
            let (upper, lower) = (frame.pixel([117.2, 39.2]), frame.pixel([117.4, 39.0]));
            assert!(upper.0 < lower.0 && upper.1 < lower.1, "north is up and east is right");
            for at in [upper, lower] {
                assert!((0..=frame.width).contains(&at.0) && (0..=frame.height).contains(&at.1));
            }
            let svg = rivers("水系", &map, size).unwrap();
            assert!(svg.contains("上 NA") && svg.contains("口") && !svg.contains("NaN"));
        }
        let none = RiverMap { lines: Vec::new(), sections: Vec::new(), sources: Vec::new() };
        assert!(rivers("水系", &none, Size::Wide).unwrap().contains("无数据"));
    }

    #[test]
    fn a_name_never_covers_another() {
        let at = [117.3, 39.1];
        let many = (0..12).map(|n| mark(&format!("很长的断面名称{n}"), at)).collect();
        let map = RiverMap { lines: Vec::new(), sections: many, sources: Vec::new() };
        let svg = rivers("水系", &map, Size::Wide).unwrap();
        let shown = svg.matches("很长的断面名称").count();
        assert!((1..=6).contains(&shown), "{shown} names on one point");
    }
}
