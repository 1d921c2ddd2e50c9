//! What `lanbi patrols` and `lanbi problems` share: rows of files as people and other systems write them, the fields of a
//! row, rows that are refused, and the account of an import (read = new + changed + repeated + refused).

mod field;
mod input;
mod print;
mod rejects;
mod tally;

pub(super) use field::{Desk, id, metres, text, yes_or_no};
pub(super) use input::{Column, Line, read};
pub(super) use print::{chief_id, count, interrupted, source, stamp, yes_no};
pub(super) use rejects::{Refused, Rejects};
pub(super) use tally::Tally;
