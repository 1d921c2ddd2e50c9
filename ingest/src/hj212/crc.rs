//! The check sum of HJ 212-2017, Appendix A, over the data segment.
//!
//! Each byte meets the *high* byte of the register and the low byte is thrown away; CRC-16/MODBUS, with which it is
//! often confused, uses the low byte and keeps the high one. Only 8 bits of state survive, so there are 256 different
//! sums: an error inside one byte is always found, any other with 255/256.

/// Polynomial x16 + x15 + x2 + 1, reflected.
const POLYNOMIAL: u16 = 0xA001;

/// Bytes taken at a time: each byte's share of the sum is looked up without waiting for the one before.
const STRIDE: usize = 8;

/// The register that each byte leaves behind.
const TABLE: [u16; 256] = table();

/// The high byte that each byte leaves behind after `k` further bytes of zero.
const SHARES: [[u8; 256]; STRIDE] = shares();

#[expect(clippy::cast_possible_truncation, reason = "the index of 256 entries")]
const fn table() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut register = byte as u16;
        let mut bit = 0;
        while bit < 8 {
            register = if register & 1 == 1 { (register >> 1) ^ POLYNOMIAL } else { register >> 1 };
            bit += 1;
        }
        table[byte] = register;
        byte += 1;
    }
    table
}

const fn shares() -> [[u8; 256]; STRIDE] {
    let mut shares = [[0; 256]; STRIDE];
    let mut byte = 0;
    while byte < 256 {
        let mut high = TABLE[byte].to_be_bytes()[0];
        let mut k = 0;
        while k < STRIDE {
            shares[k][byte] = high;
            high = TABLE[high as usize].to_be_bytes()[0];
            k += 1;
        }
        byte += 1;
    }
    shares
}

/// The sum of a data segment; as text it stands in four hexadecimal digits, high byte first.
#[must_use]
pub fn crc(data: &[u8]) -> u16 {
    let Some((last, before)) = data.split_last() else { return 0xFFFF };
    // The low byte never counts, so the state between two bytes is the high one; the step is linear over its bits.
    let (blocks, tail) = before.as_chunks::<STRIDE>();
    let high = blocks.iter().fold(0xFF, |high, block| {
        let others = (1..STRIDE).fold(0, |sum, i| sum ^ SHARES[STRIDE - 1 - i][usize::from(block[i])]);
        others ^ SHARES[STRIDE - 1][usize::from(high ^ block[0])]
    });
    let high = tail.iter().fold(high, |high, byte| SHARES[0][usize::from(high ^ byte)]);
    TABLE[usize::from(high ^ last)]
}

/// CRC-16/MODBUS, which some loggers send in its place.
#[must_use]
pub fn modbus(data: &[u8]) -> u16 {
    data.iter().fold(0xFFFF, |register, byte| {
        let [high, low] = register.to_be_bytes();
        TABLE[usize::from(low ^ byte)] ^ u16::from(high)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_values_are_met() {
        for (data, sum, other) in [
            ("", 0xFFFF, 0xFFFF),
            ("123456789", 0x2F80, 0x4B37),
            // HJ 212-2017, 6.3; the prose beside it prints 1C08.
            (
                "QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&",
                0x1C80,
                0x0759,
            ),
            // HJ 212-2025, A.1.
            (
                "QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&",
                0x2200,
                0xCCF4,
            ),
        ] {
            assert_eq!(format!("{:04X}", crc(data.as_bytes())), format!("{sum:04X}"), "{data}");
            assert_eq!(format!("{:04X}", modbus(data.as_bytes())), format!("{other:04X}"), "{data}");
        }
    }

    #[test]
    fn any_length_gives_the_sum_of_the_definition() {
        let by_definition = |data: &[u8]| {
            data.iter().fold(0xFFFF_u16, |register, byte| {
                (0..8).fold((register >> 8) ^ u16::from(*byte), |r, _| {
                    if r & 1 == 1 { (r >> 1) ^ POLYNOMIAL } else { r >> 1 }
                })
            })
        };
        let data: Vec<u8> = (0..=255_u8).map(|i| i.wrapping_mul(151).wrapping_add(i >> 3)).collect();
        for length in 0..=data.len() {
            assert_eq!(crc(&data[..length]), by_definition(&data[..length]), "{length} bytes");
        }
    }

    #[test]
    fn an_error_within_one_byte_is_found() {
        let good = b"CP=&&DataTime=20160801085857;w01018-Rtd=63.0&&";
        for place in 0..good.len() {
            for bit in 0..8 {
                let mut bad = *good;
                bad[place] ^= 1 << bit;
                assert_ne!(crc(&bad), crc(good), "byte {place}, bit {bit}");
            }
        }
    }
}
