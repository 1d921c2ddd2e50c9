//! Which deliveries wait for their acknowledgement.
//!
//! An acknowledgement is valid only on the connection that delivered the message: packet ids are used again, so a late
//! one would acknowledge a message that nobody has stored. And acknowledgements go out in the order of the deliveries
//! (MQTT 5.0, 4.6), in whatever order the store commits.

use std::collections::VecDeque;

/// Names one delivery on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// The deliveries of the present connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct AckBook {
    live: bool,
    /// Number of the oldest delivery; older ones are acknowledged or died with their connection.
    first: u64,
    /// Packet id, and whether the delivery is stored.
    waiting: VecDeque<(u16, bool)>,
}

impl AckBook {
    /// A connection stands.
    pub(super) fn connected(&mut self) {
        self.lost();
        self.live = true;
    }

    /// The connection is gone, and every ticket with it.
    pub(super) fn lost(&mut self) {
        self.live = false;
        self.first += u64::try_from(self.waiting.len()).unwrap_or(u64::MAX);
        self.waiting.clear();
    }

    /// Notes a delivery; none where no connection stands to acknowledge it on.
    pub(super) fn delivered(&mut self, packet_id: u16) -> Option<Ticket> {
        if !self.live {
            return None;
        }
        self.waiting.push_back((packet_id, false));
        Some(Ticket(self.first + u64::try_from(self.waiting.len()).unwrap_or(u64::MAX) - 1))
    }

    /// Notes that a delivery is stored. A ticket of an earlier connection has no effect.
    pub(super) fn settle(&mut self, ticket: Ticket) {
        let place = ticket.0.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some((_, stored)) = place.and_then(|place| self.waiting.get_mut(place)) {
            *stored = true;
        }
    }

    /// The next delivery to acknowledge, by its packet id; it is off the book then.
    pub(super) fn next_due(&mut self) -> Option<u16> {
        let (packet_id, _) = self.waiting.pop_front_if(|(_, stored)| *stored)?;
        self.first += 1;
        Some(packet_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn due(book: &mut AckBook) -> Vec<u16> {
        std::iter::from_fn(|| book.next_due()).collect()
    }

    #[test]
    fn acknowledgements_keep_the_order_of_deliveries() {
        let mut book = AckBook::default();
        book.connected();
        let tickets: Vec<Ticket> = [1, 2, 3].map(|id| book.delivered(id).unwrap()).to_vec();
        book.settle(tickets[2]);
        book.settle(tickets[1]);
        assert_eq!(due(&mut book), [] as [u16; 0]);
        book.settle(tickets[0]);
        book.settle(tickets[0]);
        assert_eq!(due(&mut book), [1, 2, 3]);
        assert_eq!(due(&mut book), [] as [u16; 0]);
    }

    #[test]
    fn a_ticket_dies_with_its_connection() {
        let mut book = AckBook::default();
        assert_eq!(book.delivered(1), None, "no connection yet");
        book.connected();
        let old = book.delivered(1).unwrap();
        book.lost();
        assert_eq!(book.delivered(2), None);
        book.connected();
        let new = book.delivered(1).unwrap();
        book.settle(old);
        assert_eq!(due(&mut book), [] as [u16; 0], "packet id 1 now means another message");
        book.settle(new);
        assert_eq!(due(&mut book), [1]);
    }
}
