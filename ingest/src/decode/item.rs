//! The fields of a feed's message: what each is, and which of several that mean the same counts.

use std::borrow::Cow;

use lanbi_model::{Flags, Parameter, RejectReason, Unit};

use super::number::is_missing;
use super::reading::{Reading, shorten};
use crate::source::Field;

/// One field that holds something.
pub(super) struct Item<'a> {
    /// How problems call it.
    pub(super) name: Cow<'a, str>,
    /// What it is.
    pub(super) what: What,
    /// As written.
    pub(super) text: Cow<'a, str>,
    /// A unit that the message itself gives it.
    pub(super) unit: Option<Cow<'a, str>>,
    /// A time of its own.
    pub(super) time: Option<Cow<'a, str>>,
    /// What the device says against it.
    pub(super) flags: Flags,
}

/// What a field is.
pub(super) enum What {
    /// A value.
    Value {
        parameter: Parameter,
        unit: Unit,
        /// Whether the operator says so, not the maker.
        is_own: bool,
    },
    /// Nothing is known by its name.
    Unknown,
    /// Something that cannot be stored.
    Fault(RejectReason, String),
}

impl<'a> Item<'a> {
    /// A field that is known, or not.
    pub(super) fn new(name: Cow<'a, str>, what: What, text: Cow<'a, str>) -> Self {
        Self { name, what, text, unit: None, time: None, flags: Flags::empty() }
    }

    /// What it measures, where it can be stored.
    fn parameter(&self) -> Option<Parameter> {
        match self.what {
            What::Value { parameter, .. } => Some(parameter),
            What::Unknown | What::Fault(..) => None,
        }
    }

    /// Whether both would be the same value.
    fn is_twin(&self, other: &Self) -> bool {
        self.parameter() == other.parameter() && self.time == other.time
    }

    const fn is_own(&self) -> bool {
        matches!(self.what, What::Value { is_own: true, .. })
    }
}

/// What a field that the feed knows is; none where it holds nothing to store.
pub(super) const fn what_of(field: Field) -> Option<What> {
    match field {
        Field::Value { parameter, unit, is_own } => Some(What::Value { parameter, unit, is_own }),
        Field::Ignored => None,
    }
}

/// Whether a text says that nothing was measured.
pub(super) fn is_absent(text: &str) -> bool {
    let begins_with_digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
    let is_word = || ["nan", "null"].iter().any(|word| text.trim().eq_ignore_ascii_case(word));
    !begins_with_digit && (is_missing(text) || is_word())
}

/// Adds a field to the values of its station and time.
pub(super) fn add(reading: &mut Reading<'_, '_>, item: &Item<'_>, feed: &str) {
    match (&item.what, &item.unit) {
        (What::Value { parameter, .. }, Some(unit)) => {
            reading.add(&item.name, Some(*parameter), &item.text, Some(unit), item.flags);
        }
        (What::Value { parameter, unit, .. }, None) => {
            reading.add_known(&item.name, (*parameter, *unit), &item.text, item.flags);
        }
        (What::Unknown, _) => {
            let detail = format!(
                "`{}` of an unknown field; name the field in `values` or `ignore` of feed `{feed}`",
                shorten(&item.text)
            );
            reading.reject(&item.name, RejectReason::UnknownParameter, detail);
        }
        (What::Fault(reason, detail), _) => reading.reject(&item.name, *reason, detail.clone()),
    }
}

/// So many fields are compared each with each.
const FEW: usize = 16;

fn has_twins(items: &[Item<'_>]) -> bool {
    let behind = |i: usize| items.get(i + 1..).unwrap_or_default();
    let mut values = items.iter().enumerate().filter(|(_, item)| item.parameter().is_some());
    values.any(|(i, item)| behind(i).iter().any(|other| item.is_twin(other)))
}

/// Leaves one value for each parameter and time: of a field that occurs twice the last, of several fields the one that the
/// operator names, and none where nobody says which is meant.
pub(super) fn settle_twins(items: &mut [Item<'_>], feed: &str) {
    if items.len() <= FEW && !has_twins(items) {
        return;
    }
    let mut values: Vec<&mut Item<'_>> = items.iter_mut().filter(|item| item.parameter().is_some()).collect();
    values.sort_by(|a, b| a.parameter().cmp(&b.parameter()).then_with(|| a.time.cmp(&b.time)));
    for twins in values.chunk_by_mut(|a, b| a.is_twin(b)).filter(|twins| twins.len() > 1) {
        let own = twins.iter().any(|item| item.is_own());
        let names = || twins.iter().filter(|item| item.is_own() == own).map(|item| &item.name);
        let last = names().next_back().map(ToString::to_string).unwrap_or_default();
        let agreed = names().all(|name| **name == *last);
        let kept = if agreed { twins.iter().rposition(|item| item.is_own() == own) } else { None };
        for (i, item) in twins.iter_mut().enumerate().filter(|(i, _)| Some(*i) != kept) {
            let parameter = item.parameter().map(Parameter::key).unwrap_or_default();
            let is_repeated = kept.is_some_and(|kept| i < kept) && item.name == last;
            item.what = if is_repeated {
                What::Fault(
                    RejectReason::Malformed,
                    "the field occurs again behind; send each once".to_owned(),
                )
            } else {
                let detail = format!(
                    "another field means {parameter}, too; say in `values` of feed `{feed}` which counts and list the other in `ignore`"
                );
                What::Fault(RejectReason::UnknownParameter, detail)
            };
        }
    }
}
