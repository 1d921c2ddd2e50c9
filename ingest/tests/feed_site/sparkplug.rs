//! Payloads of Sparkplug B, written field by field (`sparkplug_b.proto`).

/// A metric to be.
#[derive(Clone, Default)]
pub(crate) struct Metric(Vec<u8>);

impl Metric {
    pub(crate) fn named(name: &str) -> Self {
        Self::default().bytes(1, name.as_bytes())
    }

    pub(crate) fn alias(alias: u64) -> Self {
        Self::default().and_alias(alias)
    }

    pub(crate) fn and_alias(self, alias: u64) -> Self {
        self.varint(2, alias)
    }

    pub(crate) fn at(self, ms: u64) -> Self {
        self.varint(3, ms)
    }

    pub(crate) fn of_type(self, datatype: u64) -> Self {
        self.varint(4, datatype)
    }

    pub(crate) fn transient(self) -> Self {
        self.varint(6, 1)
    }

    pub(crate) fn null(self) -> Self {
        self.varint(7, 1)
    }

    pub(crate) fn int(self, value: u64) -> Self {
        self.varint(10, value)
    }

    pub(crate) fn long(self, value: u64) -> Self {
        self.varint(11, value)
    }

    pub(crate) fn float(mut self, value: f32) -> Self {
        key(&mut self.0, 12, 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(crate) fn double(mut self, value: f64) -> Self {
        key(&mut self.0, 13, 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(crate) fn boolean(self) -> Self {
        self.varint(14, 1)
    }

    pub(crate) fn text(self, value: &str) -> Self {
        self.bytes(15, value.as_bytes())
    }

    pub(crate) fn data_set(self) -> Self {
        self.bytes(17, &[])
    }

    fn varint(mut self, number: u64, value: u64) -> Self {
        key(&mut self.0, number, 0);
        varint(&mut self.0, value);
        self
    }

    fn bytes(mut self, number: u64, value: &[u8]) -> Self {
        bytes(&mut self.0, number, value);
        self
    }
}

/// A payload with time, number and metrics.
pub(crate) fn payload(ms: Option<u64>, seq: Option<u64>, metrics: &[Metric]) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some(ms) = ms {
        key(&mut out, 1, 0);
        varint(&mut out, ms);
    }
    for metric in metrics {
        bytes(&mut out, 2, &metric.0);
    }
    if let Some(seq) = seq {
        key(&mut out, 3, 0);
        varint(&mut out, seq);
    }
    out
}

fn key(out: &mut Vec<u8>, number: u64, wire: u64) {
    varint(out, number << 3 | wire);
}

fn bytes(out: &mut Vec<u8>, number: u64, value: &[u8]) {
    key(out, number, 2);
    varint(out, value.len().try_into().unwrap());
    out.extend(value);
}

fn varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
}
