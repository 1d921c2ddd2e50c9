//! The wire format of protocol buffers, as far as reading the fields of a message needs it (protobuf.dev, "Encoding").

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire<'a> {
    /// Whole numbers and truth values.
    Varint(u64),
    /// Eight bytes, little end first.
    Eight([u8; 8]),
    /// Text, bytes and messages.
    Bytes(&'a [u8]),
    /// Four bytes, little end first.
    Four([u8; 4]),
}

/// The fields of a message, by number and in their order. After something that is no field it yields an error and ends.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    fn read(&mut self) -> Option<(u64, Wire<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => Wire::Varint(self.varint()?),
            1 => Wire::Eight(self.take(8)?.try_into().ok()?),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Wire::Bytes(self.take(length)?)
            }
            5 => Wire::Four(self.take(4)?.try_into().ok()?),
            // Groups are long out of use.
            _ => return None,
        };
        (key >> 3 != 0).then_some((key >> 3, value))
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            let byte = *self.take(1)?.first()?;
            // Bits beyond the 64th are lost, as in every reader.
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}

/// The bytes are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoMessage;

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, Wire<'a>), NoMessage>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.read();
        if field.is_none() {
            self.rest = &[];
        }
        Some(field.ok_or(NoMessage))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order_and_damage_ends_them() {
        let read = |bytes: &'static [u8]| Fields::of(bytes).collect::<Result<Vec<_>, NoMessage>>();
        // 150 and "testing" are the examples of the documentation.
        assert_eq!(read(&[0x08, 0x96, 0x01]), Ok(vec![(1, Wire::Varint(150))]));
        assert_eq!(read(b"\x12\x07testing"), Ok(vec![(2, Wire::Bytes(b"testing"))]));
        assert_eq!(
            read(&[0x65, 0, 0, 0x80, 0x3f, 0x69, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
            Ok(vec![(12, Wire::Four(1_f32.to_le_bytes())), (13, Wire::Eight(1_f64.to_le_bytes()))])
        );
        let most = &[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        assert_eq!(read(most), Ok(vec![(1, Wire::Varint(u64::MAX))]));
        assert_eq!(read(&[]), Ok(Vec::new()));
        for bad in [
            &[0x08][..],
            &[0x08, 0x96],
            &[0x12, 0x07, b't'],
            &[0x12, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
            &[0x0b],
            &[0x00, 0x01],
            &[0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        ] {
            assert_eq!(Fields::of(bad).last(), Some(Err(NoMessage)), "{bad:?}");
        }
    }
}
