//! Colours as standards print them, `#rrggbb`.

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
    fn bad_colours_turn_grey() {
        assert_eq!(Colour::parse("#FF7E00").to_string(), "#ff7e00");
        for text in ["", "red", "#fff", "#12345g", "red;background:url(x)", "#中文"] {
            assert_eq!(Colour::parse(text), Colour::GREY, "{text}");
        }
    }
}
