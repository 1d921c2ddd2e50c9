//! What loggers and lines do to frames, on purpose and by the dice: the same seed does the same to the same frames.

use lanbi_ingest::hj212::{
    check::CrcKind,
    crc::{crc, modbus},
};
use rand::{Rng as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_chacha::ChaCha8Rng;

use crate::cli::{Mischief, SentSum};

/// One frame in so many suffers something.
const ONE_IN: u32 = 5;

/// Bytes of noise at most.
const NOISE: usize = 40;

/// Makes a frame of a data segment with a logger's own kind of check sum.
pub(super) fn framed(data: &str, sum: SentSum) -> Vec<u8> {
    let bytes = data.as_bytes();
    let sum = match sum {
        SentSum::Standard => format!("{:04X}", crc(bytes)),
        SentSum::Modbus => format!("{:04X}", modbus(bytes)),
        SentSum::Swapped => format!("{:04X}", crc(bytes).swap_bytes()),
        SentSum::Lower => format!("{:04x}", crc(bytes)),
    };
    format!("##{:04}{data}{sum}\r\n", data.len()).into_bytes()
}

/// How the bytes of one frame go out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// In one piece.
    Whole(Vec<u8>),
    /// In one piece with the frame behind it.
    Held(Vec<u8>),
    /// In pieces, each for itself, at the usual speed.
    Pieces(Vec<Vec<u8>>),
    /// In pieces, slowly.
    Slowly(Vec<Vec<u8>>),
    /// A beginning, and then the line is dropped.
    Dropped(Vec<u8>),
}

/// The dice of one logger.
#[derive(Debug)]
pub(super) struct Dice {
    random: ChaCha8Rng,
    kinds: Vec<Mischief>,
}

impl Dice {
    /// Those of the logger with a number.
    pub(super) fn new(kinds: &[Mischief], seed: u64, number: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number);
        Self { random, kinds: kinds.to_vec() }
    }

    /// What happens to the next frame.
    pub(super) fn draw(&mut self) -> Option<Mischief> {
        if self.kinds.is_empty() || !self.random.random_ratio(1, ONE_IN) {
            return None;
        }
        self.kinds.choose(&mut self.random).copied()
    }

    /// Does it to a sound frame. After one that was damaged the sound one follows, as a logger sends it again.
    pub(super) fn bend(&mut self, mischief: Mischief, frame: Vec<u8>) -> Way {
        match mischief {
            Mischief::Split => {
                let cut = self.random.random_range(1..frame.len());
                let (begin, end) = frame.split_at(cut);
                Way::Pieces(vec![begin.to_vec(), end.to_vec()])
            }
            Mischief::Resend => Way::Whole([frame.as_slice(), &frame].concat()),
            Mischief::Glue => Way::Held(frame),
            Mischief::Noise => {
                let length = self.random.random_range(1..=NOISE);
                // Without `#`, so that it never looks like the head of a frame, and without blanks, which say nothing.
                let noise = (0..length).map(|_| self.random.random_range(b'$'..=0xFE));
                Way::Whole(noise.chain(frame.iter().copied()).collect())
            }
            Mischief::Badcrc => Way::Whole([self.bad_sum(&frame), frame].concat()),
            Mischief::Badlength => Way::Whole([self.bad_length(&frame), frame].concat()),
            Mischief::Slow => Way::Slowly(frame.chunks(8).map(<[u8]>::to_vec).collect()),
            Mischief::Drop => {
                let keep = self.random.random_range(1..=frame.len() / 2);
                Way::Dropped(frame.into_iter().take(keep).collect())
            }
            Mischief::Nocrlf => Way::Whole(frame.trim_ascii_end().to_vec()),
        }
    }

    /// The frame with a sum of no kind.
    fn bad_sum(&mut self, frame: &[u8]) -> Vec<u8> {
        let Some((before, data)) = parts(frame) else { return frame.to_vec() };
        let mut sum: u16 = self.random.random();
        while CrcKind::of(data, Some(sum)) != CrcKind::Bad {
            sum = sum.wrapping_add(1);
        }
        [before, data, format!("{sum:04X}\r\n").as_bytes()].concat()
    }

    /// The frame with a length that is off by some bytes.
    fn bad_length(&mut self, frame: &[u8]) -> Vec<u8> {
        let Some((_, data)) = parts(frame) else { return frame.to_vec() };
        let off = self.random.random_range(1..=20);
        let length = if self.random.random() { data.len() + off } else { data.len().saturating_sub(off) };
        [format!("##{length:04}").as_bytes(), frame.get(6..).unwrap_or_default()].concat()
    }
}

/// Head and data segment of a whole frame.
fn parts(frame: &[u8]) -> Option<(&[u8], &[u8])> {
    let (before, rest) = frame.split_at_checked(6)?;
    Some((before, rest.get(..rest.len().checked_sub(6)?)?))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum as _;
    use lanbi_ingest::hj212::frame::{Piece, all_pieces};

    use super::*;

    const DATA: &str = "QN=20260105085857223;ST=22;CN=2061;PW=123456;MN=M1;Flag=5;CP=&&DataTime=20260105080000;a34004-Avg=1&&";

    fn bytes(way: Way) -> Vec<u8> {
        match way {
            Way::Whole(bytes) | Way::Held(bytes) | Way::Dropped(bytes) => bytes,
            Way::Pieces(pieces) | Way::Slowly(pieces) => pieces.concat(),
        }
    }

    #[test]
    fn sums_are_of_the_kind_that_is_asked_for() {
        let check = |sum: SentSum, expected: CrcKind| {
            let frame = framed(DATA, sum);
            let Some(Piece::Frame(cut)) = all_pieces(&frame).next() else { panic!("{sum:?}") };
            assert_eq!((cut.crc, cut.raw.len(), cut.data), (expected, frame.len(), DATA.as_bytes()));
            assert_eq!(cut.sum.iter().any(u8::is_ascii_lowercase), sum == SentSum::Lower, "{cut:?}");
        };
        check(SentSum::Standard, CrcKind::Ok);
        check(SentSum::Modbus, CrcKind::Modbus);
        check(SentSum::Swapped, CrcKind::Swapped);
        check(SentSum::Lower, CrcKind::Ok);
    }

    #[test]
    fn whatever_is_done_to_a_frame_the_sound_one_follows_and_the_damaged_one_is_damaged() {
        let sound = framed(DATA, SentSum::Standard);
        let check = |mischief: Mischief, sound_ones: usize, others: usize| {
            let mut dice = Dice::new(&[], 7, 0);
            for _ in 0..300 {
                let sent = bytes(dice.bend(mischief, sound.clone()));
                let pieces: Vec<Piece<'_>> = all_pieces(&sent).collect();
                let is_sound = |piece: &&Piece<'_>| matches!(piece, Piece::Frame(f) if f.crc == CrcKind::Ok && f.data == DATA.as_bytes());
                let text = String::from_utf8_lossy(&sent);
                assert_eq!(pieces.iter().filter(is_sound).count(), sound_ones, "{mischief:?} {text}");
                assert_eq!(pieces.len() - sound_ones, others, "{mischief:?} {text}");
            }
        };
        check(Mischief::Split, 1, 0);
        check(Mischief::Resend, 2, 0);
        check(Mischief::Glue, 1, 0);
        check(Mischief::Noise, 1, 1);
        check(Mischief::Badcrc, 1, 1);
        // The sum proves the true length, so that a reader may take both.
        check(Mischief::Badlength, 2, 0);
        check(Mischief::Slow, 1, 0);
        check(Mischief::Drop, 0, 1);
        check(Mischief::Nocrlf, 1, 0);
    }

    #[test]
    fn the_same_seed_does_the_same_and_another_something_else() {
        let course = |seed, number| -> Vec<Option<Mischief>> {
            let mut dice = Dice::new(Mischief::value_variants(), seed, number);
            (0..500).map(|_| dice.draw()).collect()
        };
        assert_eq!(course(1, 0), course(1, 0));
        assert_ne!(course(1, 0), course(1, 1));
        assert_ne!(course(1, 0), course(2, 0));
        for kind in Mischief::value_variants() {
            assert!(course(1, 0).contains(&Some(*kind)), "{kind:?} never happens");
        }
        assert!(Dice::new(&[], 1, 0).draw().is_none());
    }
}
