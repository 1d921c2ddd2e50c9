//! The account of an import.

use std::io::Write as _;

/// Rows by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::command) struct Tally {
    pub new: u64,
    pub changed: u64,
    pub repeated: u64,
    pub refused: u64,
}

impl Tally {
    /// Prints the account; read = new + changed + repeated + refused.
    ///
    /// # Errors
    /// Rows that were refused.
    pub(in crate::command) fn finish(self, wrote_rejects: bool) -> anyhow::Result<()> {
        let Self { new, changed, repeated, refused } = self;
        let read = new + changed + repeated + refused;
        let mut out = std::io::stdout().lock();
        writeln!(out, "read\tnew\tchanged\trepeated\trefused")?;
        writeln!(out, "{read}\t{new}\t{changed}\t{repeated}\t{refused}")?;
        let remedy = if wrote_rejects {
            "mend them in the file of --rejects and import it"
        } else {
            "mend them and import the file again, or have them written to a file with --rejects"
        };
        anyhow::ensure!(refused == 0, "{refused} of {read} rows were refused, all others are kept; {remedy}");
        Ok(())
    }
}
