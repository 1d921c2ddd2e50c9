//! A string of a JSON message, borrowed where it holds no escape: most do not, and copying is what costs.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error, Visitor};

/// The string, unescaped.
pub(super) struct Text<'j>(pub(super) Cow<'j, str>);

impl<'j> Deserialize<'j> for Text<'j> {
    fn deserialize<D: serde::Deserializer<'j>>(deserializer: D) -> Result<Self, D::Error> {
        struct Characters;
        impl<'j> Visitor<'j> for Characters {
            type Value = Text<'j>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'j str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Text<'j>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Characters)
    }
}
