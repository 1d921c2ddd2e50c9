//! How many of some rows are as published.

/// Equal and compared rows.
#[derive(Default)]
pub(crate) struct Rate {
    equal: u32,
    all: u32,
}

impl Rate {
    pub(crate) fn count(&mut self, equal: bool) {
        self.equal += u32::from(equal);
        self.all += 1;
    }

    pub(crate) fn assert_at_least(&self, what: &str, percent: f64, rows: u32) {
        let rate = 100.0 * f64::from(self.equal) / f64::from(self.all);
        println!("{what}: {} of {} ({rate:.3} %)", self.equal, self.all);
        assert!(self.all >= rows, "{what}: only {} rows were compared", self.all);
        assert!(rate >= percent, "{what}: {rate:.3} % is below {percent} %");
    }
}
