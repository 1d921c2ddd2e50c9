//! A frame: the values of one station, averaging period and instant, as they lie in a row; and many frames as the
//! columns of one statement.

use lanbi_model::Instant;

use super::rows::corrupt;
use crate::StoreError;

/// Station, period in seconds, instant: the order in which frames are locked.
pub(super) type Key = (i32, i32, Instant);

/// A value in a frame.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) parameter: i16,
    pub(super) value: f64,
    /// All flags.
    pub(super) flags: i32,
    /// Of these: those the value came with.
    pub(super) device_flags: i32,
    /// How many values the key has had before.
    pub(super) revision: i32,
    pub(super) received_at: Instant,
}

/// The values of a frame by ascending parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Frame {
    pub(super) key: Key,
    pub(super) entries: Vec<Entry>,
}

impl Frame {
    /// The value of a parameter, or the place where it would stand.
    pub(super) fn find(&self, parameter: i16) -> Result<usize, usize> {
        self.entries.binary_search_by_key(&parameter, |entry| entry.parameter)
    }

    /// Whether a value of the frame has had another one before it.
    pub(super) fn has_history(&self) -> bool {
        self.entries.iter().any(|entry| entry.revision > 0)
    }
}

/// A frame as its row.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    station: i32,
    period: i32,
    instant: Instant,
    received_at: Instant,
    parameters: Vec<i16>,
    vals: Vec<f64>,
    flags: Option<Vec<i32>>,
    device_flags: Option<Vec<i32>>,
    revisions: Option<Vec<i32>>,
    received: Option<Vec<Instant>>,
}

impl TryFrom<Row> for Frame {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let length = row.parameters.len();
        let fits = |other: Option<usize>| other.is_none_or(|other| other == length);
        if row.vals.len() != length
            || !fits(row.flags.as_ref().map(Vec::len))
            || !fits(row.device_flags.as_ref().map(Vec::len))
            || !fits(row.revisions.as_ref().map(Vec::len))
            || !fits(row.received.as_ref().map(Vec::len))
        {
            let detail = format!("station {} at {}: lists of unequal length", row.station, row.instant);
            return Err(corrupt("a frame", detail));
        }
        let at = |list: &Option<Vec<i32>>, i: usize, missing: i32| {
            list.as_ref().and_then(|list| list.get(i)).copied().unwrap_or(missing)
        };
        let entries = row.parameters.iter().zip(&row.vals).enumerate().map(|(i, (&parameter, &value))| {
            let flags = at(&row.flags, i, 0);
            Entry {
                parameter,
                value,
                flags,
                device_flags: at(&row.device_flags, i, flags),
                revision: at(&row.revisions, i, 0),
                received_at: row
                    .received
                    .as_ref()
                    .and_then(|list| list.get(i))
                    .copied()
                    .unwrap_or(row.received_at),
            }
        });
        Ok(Self { key: (row.station, row.period, row.instant), entries: entries.collect() })
    }
}

/// Lists that only some frames have, one after the other; a first place of 0 stands for none, and no places at all for
/// none in any frame.
#[derive(Debug)]
pub(super) struct Sparse<T> {
    pub(super) first: Vec<i32>,
    pub(super) all: Vec<T>,
}

impl<T> Default for Sparse<T> {
    fn default() -> Self {
        Self { first: Vec::new(), all: Vec::new() }
    }
}

impl<T> Sparse<T> {
    fn push(&mut self, present: bool, values: impl Iterator<Item = T>) -> Result<(), StoreError> {
        self.first.push(if present { place(self.all.len())? } else { 0 });
        if present {
            self.all.extend(values);
        }
        Ok(())
    }

    fn clear_if_empty(&mut self) {
        if self.all.is_empty() {
            self.first.clear();
        }
    }
}

/// Frames as arrays to bind: one element a frame, and the values of all frames one after the other, of which the
/// statement cuts each frame's piece.
#[derive(Debug, Default)]
pub(super) struct Columns {
    pub(super) stations: Vec<i32>,
    pub(super) periods: Vec<i32>,
    pub(super) instants: Vec<Instant>,
    pub(super) received_at: Vec<Instant>,
    /// First place of each frame's values, counted from 1.
    pub(super) first: Vec<i32>,
    /// How many values each frame has.
    pub(super) lengths: Vec<i32>,
    pub(super) parameters: Vec<i16>,
    pub(super) values: Vec<f64>,
    pub(super) flags: Sparse<i32>,
    pub(super) device_flags: Sparse<i32>,
    pub(super) revisions: Sparse<i32>,
    pub(super) received: Sparse<Instant>,
}

impl Columns {
    /// The frames in the order given.
    pub(super) fn of<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> Result<Self, StoreError> {
        let mut columns = Self::default();
        for frame in frames {
            columns.push(frame)?;
        }
        // The most common batch, without any of these, need not carry a zero for each of its frames.
        for lists in [&mut columns.flags, &mut columns.device_flags, &mut columns.revisions] {
            lists.clear_if_empty();
        }
        columns.received.clear_if_empty();
        Ok(columns)
    }

    fn push(&mut self, frame: &Frame) -> Result<(), StoreError> {
        let entries = &frame.entries;
        let Some(head) = entries.first() else { return Ok(()) };
        let (station, period, instant) = frame.key;
        self.stations.push(station);
        self.periods.push(period);
        self.instants.push(instant);
        self.received_at.push(head.received_at);
        self.first.push(place(self.values.len())?);
        self.lengths.push(place(entries.len())? - 1);
        self.parameters.extend(entries.iter().map(|entry| entry.parameter));
        self.values.extend(entries.iter().map(|entry| entry.value));
        self.flags.push(entries.iter().any(|e| e.flags != 0), entries.iter().map(|e| e.flags))?;
        self.device_flags.push(
            entries.iter().any(|e| e.device_flags != e.flags),
            entries.iter().map(|e| e.device_flags),
        )?;
        self.revisions.push(frame.has_history(), entries.iter().map(|e| e.revision))?;
        self.received.push(
            entries.iter().any(|e| e.received_at != head.received_at),
            entries.iter().map(|e| e.received_at),
        )
    }
}

/// The place after so many, counted from 1.
fn place(before: usize) -> Result<i32, StoreError> {
    i32::try_from(before + 1).map_err(|_| corrupt("a batch", format!("{before} values are too many at once")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(parameter: i16, flags: i32, received: i64) -> Entry {
        let received_at = chrono::DateTime::from_timestamp(received, 0).unwrap();
        Entry { parameter, value: 1.5, flags, device_flags: flags, revision: 0, received_at }
    }

    #[test]
    fn only_frames_that_need_a_list_have_one() {
        let key = |n| (n, 60, Instant::UNIX_EPOCH);
        let plain = Frame { key: key(1), entries: vec![entry(1, 0, 9), entry(2, 0, 9)] };
        let flagged = Frame { key: key(2), entries: vec![entry(1, 0, 9), entry(3, 4, 9)] };
        let mut late = Frame { key: key(3), entries: vec![entry(1, 0, 9), entry(2, 0, 10)] };
        late.entries[1].revision = 2;
        let columns = Columns::of([&plain, &flagged, &late]).unwrap();
        assert_eq!((columns.first, columns.lengths), (vec![1, 3, 5], vec![2, 2, 2]));
        assert_eq!((columns.flags.first, columns.flags.all), (vec![0, 1, 0], vec![0, 4]));
        assert_eq!(columns.device_flags.first, [0; 0]);
        assert_eq!((columns.revisions.first, columns.revisions.all), (vec![0, 0, 1], vec![0, 2]));
        assert_eq!((columns.received.first, columns.received.all.len()), (vec![0, 0, 1], 2));
    }
}
