//! Tables that people keep: CSV, or the first sheet of a workbook (.xlsx, .xlsm, .xls, .ods) read as if it were CSV.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use calamine::{Data, DataType as _};
use lanbi_ingest::file::{is_workbook, read_sheet};

use super::error::AssessError;

/// Opens a table as CSV bytes.
///
/// # Errors
/// The file cannot be read, is too large a workbook, or is none.
pub(crate) fn open(path: &Path) -> Result<Box<dyn Read + Send>, AssessError> {
    let shown = path.display();
    let file = File::open(path).map_err(|e| {
        AssessError::Failed(format!("cannot read {shown}: {e}; check the path, or use - for stdin"))
    })?;
    if !is_workbook(path) {
        return Ok(Box::new(file));
    }
    let refuse = |reason: String| AssessError::Failed(format!("{shown}: {reason}"));
    let range = read_sheet(path, None).map_err(|e| AssessError::Failed(e.to_string()))?;
    let mut csv = csv::Writer::from_writer(Vec::new());
    let failed = |e: csv::Error| refuse(format!("cannot be read as a table: {e}"));
    for row in range.rows() {
        csv.write_record(row.iter().map(text)).map_err(failed)?;
    }
    let bytes = csv.into_inner().map_err(|e| refuse(e.to_string()))?;
    Ok(Box::new(Cursor::new(bytes)))
}

/// A cell as it would stand in a CSV: numbers without digits that binary arithmetic added, times as ISO 8601.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.trim().to_owned(),
        Data::Bool(yes) => if *yes { "1" } else { "0" }.to_owned(),
        Data::DateTime(_) | Data::DateTimeIso(_) => match cell.as_datetime() {
            Some(time) if time.time() == chrono::NaiveTime::MIN => time.date().to_string(),
            Some(time) => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
            None => cell.to_string(),
        },
        // The shortest digits that lead back to the number are those that somebody typed.
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_workbook_is_refused_with_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("table.xlsx");
        std::fs::write(&path, "time,section\n").unwrap();
        let Err(error) = open(&path) else { panic!("taken") };
        assert!(error.to_string().contains("table.xlsx is no workbook"), "{error}");
        let Err(error) = open(&folder.path().join("none.csv")) else { panic!("taken") };
        assert!(error.to_string().contains("cannot read"), "{error}");
    }

    #[test]
    fn cells_are_written_as_they_were_typed() {
        let check = |cell: Data, expected: &str| assert_eq!(text(&cell), expected);
        check(Data::Float(0.05), "0.05");
        check(Data::Float(12.0), "12");
        check(Data::Int(-3), "-3");
        check(Data::String(" <0.01 ".to_owned()), "<0.01");
        check(Data::Empty, "");
        let at = |days| {
            Data::DateTime(calamine::ExcelDateTime::new(days, calamine::ExcelDateTimeType::DateTime, false))
        };
        check(at(46_334.0), "2026-11-08");
        check(at(46_334.25), "2026-11-08T06:00:00");
    }

    /// A workbook with one sheet of these cells, as XML.
    fn workbook(path: &Path, cells: &str) {
        use std::io::Write as _;
        let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
        let head = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
        for (name, text) in [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="结果" sheetId="1" r:id="rId1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{relations}"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(r#"<worksheet xmlns="{main}"><sheetData>{cells}</sheetData></worksheet>"#),
            ),
        ] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(format!("{head}{text}").as_bytes()).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn the_first_sheet_of_a_workbook_reads_like_the_same_table() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("实验室.XLSX");
        let words = |at: &str, text: &str| format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#);
        let number = |at: &str, text: &str| format!(r#"<c r="{at}"><v>{text}</v></c>"#);
        let head =
            [words("A1", "time"), words("B1", "section"), words("C1", "cod"), words("D1", "f")].concat();
        let row = [
            words("A2", "2026-11-08"),
            words("B2", "河口,一"),
            number("C2", "14.300000000000001"),
            words("D2", "&lt;0.05"),
        ];
        workbook(&path, &format!(r#"<row r="1">{head}</row><row r="2">{}</row>"#, row.concat()));
        let mut read = String::new();
        open(&path).unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "time,section,cod,f\n2026-11-08,\"河口,一\",14.3,<0.05\n");
    }
}
