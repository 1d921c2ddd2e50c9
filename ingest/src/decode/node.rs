//! JSON as a tree that keeps numbers as they are written, the order of members and members that occur twice.
//!
//! A level is parsed when the one above it is, each over the text of its own, so the depth of nesting costs time and not
//! stack; what is nested deeper than [`DEEPEST`] is refused.

use std::borrow::Cow;
use std::fmt;

use lanbi_model::RejectReason;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Rejected;
use super::bare_words::quote_bare_words;
use super::text::Text;

/// Levels of nesting that are read.
const DEEPEST: usize = 32;

/// A value of a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Node<'j> {
    /// `null`.
    Null,
    /// A string, unescaped.
    Text(Cow<'j, str>),
    /// A number or a truth value, as written.
    Bare(&'j str),
    /// Members in their order.
    Object(Vec<(Cow<'j, str>, Node<'j>)>),
    /// Elements.
    Array(Vec<Node<'j>>),
}

/// Reads a payload as JSON and hands the tree to `read`. Bare `NaN` and `Infinity` are borne.
pub(super) fn with_json<T>(
    payload: &[u8],
    read: impl FnOnce(&Node<'_>) -> Result<T, Rejected>,
) -> Result<T, Rejected> {
    let malformed = |detail: String| Rejected::whole(RejectReason::Malformed, detail);
    let text =
        std::str::from_utf8(payload).map_err(|error| malformed(format!("not UTF-8: {error}; send UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match Node::parse(text) {
        Ok(root) => read(&root),
        Err(error) => {
            let quoted = quote_bare_words(text).ok_or_else(|| malformed(format!("not JSON: {error}")))?;
            let root = Node::parse(&quoted).map_err(|error| malformed(format!("not JSON: {error}")))?;
            read(&root)
        }
    }
}

impl<'j> Node<'j> {
    /// Reads a text.
    pub(super) fn parse(text: &'j str) -> Result<Self, serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let first = text.trim_ascii_start().as_bytes().first();
        let node = match first {
            Some(b'{') => deserializer.deserialize_map(Members(DEEPEST))?,
            Some(b'[') => deserializer.deserialize_seq(Elements(DEEPEST))?,
            _ => Self::of(serde::Deserialize::deserialize(&mut deserializer)?, DEEPEST)?,
        };
        deserializer.end()?;
        Ok(node)
    }

    /// Reads a value that is known to be JSON, with so many levels left.
    fn of(raw: &'j RawValue, left: usize) -> Result<Self, serde_json::Error> {
        let json = raw.get();
        let deeper = || left.checked_sub(1).ok_or_else(|| serde_json::Error::custom("nested too deep"));
        match json.as_bytes().first() {
            Some(b'{') => serde_json::Deserializer::from_str(json).deserialize_map(Members(deeper()?)),
            Some(b'[') => serde_json::Deserializer::from_str(json).deserialize_seq(Elements(deeper()?)),
            Some(b'"') => match json.get(1..json.len() - 1) {
                Some(plain) if !plain.contains('\\') => Ok(Self::Text(Cow::Borrowed(plain))),
                _ => serde_json::from_str(json).map(|Text(text)| Self::Text(text)),
            },
            _ if json == "null" => Ok(Self::Null),
            _ => Ok(Self::Bare(json)),
        }
    }

    /// A member of an object; of one that occurs twice the last.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(members) => members.iter().rev().find(|(key, _)| key == name).map(|(_, node)| node),
            Self::Array(elements) => elements.get(name.parse::<usize>().ok()?),
            Self::Null | Self::Text(_) | Self::Bare(_) => None,
        }
    }

    /// What a pointer points at.
    pub(super) fn at(&self, pointer: &Pointer) -> Option<&Self> {
        pointer.tokens.iter().try_fold(self, |node, token| node.get(token))
    }

    /// A string, number or truth value as text; none for anything else.
    pub(super) fn scalar(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Bare(text) => Some(text),
            Self::Null | Self::Object(_) | Self::Array(_) => None,
        }
    }
}

/// A JSON pointer (RFC 6901), such as `/data/0/pm25`; the empty one points at the whole.
#[derive(Clone, Debug)]
pub(crate) struct Pointer {
    text: String,
    tokens: Vec<String>,
}

impl Pointer {
    /// Reads a pointer; none where it does not begin with `/` or holds `~` that is neither `~0` nor `~1`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('/');
        let begins_well = parts.next().is_some_and(str::is_empty);
        let token = |part: &str| {
            let plain = part.replace("~0", "").replace("~1", "");
            (!plain.contains('~')).then(|| part.replace("~1", "/").replace("~0", "~"))
        };
        let tokens = parts.map(token).collect::<Option<Vec<String>>>()?;
        begins_well.then(|| Self { text: text.to_owned(), tokens })
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Names and places, one for each level.
    pub(crate) fn tokens(&self) -> &[String] {
        &self.tokens
    }
}

/// Reads an object with so many levels below it.
struct Members(usize);

impl<'j> Visitor<'j> for Members {
    type Value = Node<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'j>>(self, mut map: A) -> Result<Node<'j>, A::Error> {
        let mut members = Vec::with_capacity(16);
        while let Some(Text(name)) = map.next_key()? {
            members.push((name, map.next_value_seed(Below(self.0))?));
        }
        Ok(Node::Object(members))
    }
}

/// Reads an array with so many levels below it.
struct Elements(usize);

impl<'j> Visitor<'j> for Elements {
    type Value = Node<'j>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'j>>(self, mut seq: A) -> Result<Node<'j>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element_seed(Below(self.0))? {
            elements.push(element);
        }
        Ok(Node::Array(elements))
    }
}

/// Reads any value with so many levels left.
struct Below(usize);

impl<'j> DeserializeSeed<'j> for Below {
    type Value = Node<'j>;

    fn deserialize<D: Deserializer<'j>>(self, deserializer: D) -> Result<Node<'j>, D::Error> {
        let raw: &'j RawValue = serde::Deserialize::deserialize(deserializer)?;
        Node::of(raw, self.0).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_order_and_repetition_stay_as_written() {
        let root = Node::parse(r#" {"b":1.50,"a":[null,"x\n",true],"b":2e-3,"c":{}} "#).unwrap();
        let at = |pointer: &str| root.at(&Pointer::parse(pointer).unwrap());
        assert_eq!(at("/b"), Some(&Node::Bare("2e-3")), "the last holds");
        assert_eq!(at("/a/0"), Some(&Node::Null));
        assert_eq!(at("/a/1").and_then(Node::scalar), Some("x\n"));
        assert_eq!(at("/a/2").and_then(Node::scalar), Some("true"));
        assert_eq!(at("/c"), Some(&Node::Object(Vec::new())));
        assert_eq!((at("/a/3"), at("/d"), at("/b/x")), (None, None, None));
        assert_eq!(at(""), Some(&root));
        let Node::Object(members) = &root else { panic!("an object") };
        assert_eq!(members.iter().map(|(name, _)| &**name).collect::<Vec<_>>(), ["b", "a", "b", "c"]);
    }

    #[test]
    fn what_is_no_json_or_too_deep_is_refused() {
        for bad in ["", "{", "{\"a\":1,}", "{}{}", "[1", "nul", "{\"a\":\"\u{1}\"}", "01", "{\"a\":{\"b\":}}"]
        {
            assert!(Node::parse(bad).is_err(), "{bad}");
        }
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(Node::parse(&nested(DEEPEST)).is_ok());
        for depth in [DEEPEST + 2, 100_000] {
            let error = Node::parse(&nested(depth)).unwrap_err().to_string();
            assert!(error.contains("nested too deep") || error.contains("recursion"), "{error}");
        }
    }

    #[test]
    fn pointers_are_those_of_rfc_6901() {
        let root = Node::parse(r#"{"a/b":{"m~n":1},"PM2.5":2}"#).unwrap();
        let at = |pointer: &str| root.at(&Pointer::parse(pointer).unwrap()).and_then(Node::scalar);
        assert_eq!(at("/a~1b/m~0n"), Some("1"));
        assert_eq!(at("/PM2.5"), Some("2"));
        for bad in ["a", "a/b", "/~", "/~2"] {
            assert!(Pointer::parse(bad).is_none(), "{bad}");
        }
    }
}
