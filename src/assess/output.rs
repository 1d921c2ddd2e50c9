//! Rows out, as CSV or as one JSON object a line.

use std::io::Write;

use lanbi_model::{Decimal, decimal};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::error::AssessError;

/// Form of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OutputFormat {
    /// CSV with a header.
    Csv,
    /// JSON lines.
    Json,
}

/// One cell of the result.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Field<'a> {
    /// Text; may be empty.
    Text(&'a str),
    /// A whole number; empty in CSV and null in JSON where there is none.
    Integer(Option<u32>),
    /// A whole number that may be negative, likewise.
    Signed(Option<i64>),
    /// A number with 12 digits, likewise.
    Real(Option<f64>),
    /// A decimal with so many places, half to even; empty in CSV and null in JSON where there is none.
    Number(Option<Decimal>, u32),
}

/// A writer of rows under fixed columns.
pub(crate) struct Output<W: Write> {
    columns: &'static [&'static str],
    sink: Sink<W>,
    digits: String,
}

enum Sink<W: Write> {
    Csv(Box<csv::Writer<W>>),
    Json(W),
}

impl<W: Write> Output<W> {
    /// Starts the output; CSV begins with the header.
    pub(crate) fn new(
        format: OutputFormat,
        columns: &'static [&'static str],
        writer: W,
    ) -> Result<Self, AssessError> {
        let sink = match format {
            OutputFormat::Csv => {
                let mut csv = csv::Writer::from_writer(writer);
                csv.write_record(columns).map_err(csv_error)?;
                Sink::Csv(Box::new(csv))
            }
            OutputFormat::Json => Sink::Json(writer),
        };
        Ok(Self { columns, sink, digits: String::new() })
    }

    /// Writes one row, a field a column.
    pub(crate) fn row(&mut self, fields: &[Field<'_>]) -> Result<(), AssessError> {
        match &mut self.sink {
            Sink::Csv(csv) => {
                for field in fields {
                    match field {
                        Field::Text(text) => csv.write_field(text),
                        Field::Integer(None)
                        | Field::Signed(None)
                        | Field::Real(None)
                        | Field::Number(None, _) => csv.write_field(""),
                        Field::Number(Some(number), places) => csv.write_field(fixed(*number, *places)),
                        Field::Integer(Some(number)) => csv.write_field(spell(&mut self.digits, number)),
                        Field::Signed(Some(number)) => csv.write_field(spell(&mut self.digits, number)),
                        Field::Real(Some(number)) => {
                            let number = rounded(*number);
                            // Without an exponent there would be more zeros than digits.
                            let plain = number == 0.0 || (1e-6..1e15).contains(&number.abs());
                            csv.write_field(if plain {
                                spell(&mut self.digits, &number)
                            } else {
                                spell(&mut self.digits, &format_args!("{number:e}"))
                            })
                        }
                    }
                    .map_err(csv_error)?;
                }
                csv.write_record(None::<&[u8]>).map_err(csv_error)
            }
            Sink::Json(writer) => {
                serde_json::to_writer(&mut *writer, &Object { columns: self.columns, fields })
                    .map_err(std::io::Error::from)?;
                writer.write_all(b"\n")?;
                Ok(())
            }
        }
    }

    /// Flushes what is left.
    pub(crate) fn finish(self) -> Result<(), AssessError> {
        match self.sink {
            Sink::Csv(mut csv) => csv.flush()?,
            Sink::Json(mut writer) => writer.flush()?,
        }
        Ok(())
    }
}

fn spell<'a>(digits: &'a mut String, number: &dyn std::fmt::Display) -> &'a str {
    use std::fmt::Write as _;
    digits.clear();
    // Writing to a string cannot fail.
    let _ = write!(digits, "{number}");
    digits
}

/// The number with 12 digits: more are noise of binary arithmetic. Zero has no sign.
fn rounded(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number) + 0.0
}

fn csv_error(error: csv::Error) -> AssessError {
    std::io::Error::from(error).into()
}

/// The number with exactly `places` decimals.
fn fixed(number: Decimal, places: u32) -> String {
    let mut number = decimal::round_half_even(number, places);
    number.rescale(places);
    number.to_string()
}

struct Object<'a> {
    columns: &'static [&'static str],
    fields: &'a [Field<'a>],
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.columns.len()))?;
        for (column, field) in self.columns.iter().zip(self.fields) {
            match field {
                Field::Text(text) => map.serialize_entry(column, text)?,
                Field::Integer(number) => map.serialize_entry(column, number)?,
                Field::Signed(number) => map.serialize_entry(column, number)?,
                Field::Real(number) => map.serialize_entry(column, &number.map(rounded))?,
                Field::Number(number, places) => {
                    let rounded = number.map(|n| decimal::to_f64(decimal::round_half_even(n, *places)));
                    map.serialize_entry(column, &rounded)?;
                }
            }
        }
        map.end()
    }
}
