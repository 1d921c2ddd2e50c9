//! Colours as standards print them, `#rrggbb`, and the ink that stays legible on them.

use plotters::style::RGBColor;
use serde::{Serialize, Serializer};

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// What stands in for a colour that cannot be read.
    pub const GREY: Self = Self { red: 0xd0, green: 0xd0, blue: 0xd0 };

    /// Reads `#rrggbb`; grey for anything else, so that no free text gets into a style.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let channel = |at: usize| text.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (text.len(), text.starts_with('#'), channel(1), channel(3), channel(5)) {
            (7, true, Some(red), Some(green), Some(blue)) => Self { red, green, blue },
            _ => Self::GREY,
        }
    }

    /// Black or white, whichever contrasts more (WCAG 2.1 relative luminance).
    #[must_use]
    pub fn ink(self) -> &'static str {
        // Equal contrast with black and white lies at a luminance of about 0.179.
        if self.luminance() > 0.179 { "#111111" } else { "#ffffff" }
    }

    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.red) + 0.7152 * linear(self.green) + 0.0722 * linear(self.blue)
    }

    pub(crate) const fn rgb(self) -> RGBColor {
        RGBColor(self.red, self.green, self.blue)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl Serialize for Colour {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_stays_legible_and_bad_colours_turn_grey() {
        for (text, ink) in [
            ("#00E400", "#111111"),
            ("#FFFF00", "#111111"),
            ("#FF7E00", "#111111"),
            ("#FF0000", "#111111"),
            ("#99004C", "#ffffff"),
            ("#7E0023", "#ffffff"),
        ] {
            assert_eq!(Colour::parse(text).ink(), ink, "{text}");
            assert_eq!(Colour::parse(text).to_string(), text.to_lowercase());
        }
        for text in ["", "red", "#fff", "#12345g", "red;background:url(x)", "#中文"] {
            assert_eq!(Colour::parse(text), Colour::GREY, "{text}");
        }
    }
}
