//! Which deliveries wait for their acknowledgement.
//!
//! An acknowledgement is valid only on the connection that delivered the message: packet ids are used again, so a late
//! one would acknowledge a message that nobody has stored. And acknowledgements go out in the order of the deliveries
//! (MQTT 5.0, 4.6), in whatever order the store commits.

use std::collections::VecDeque;

use rumqttc::v5::mqttbytes::v5::Publish;

/// Names one delivery on one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ticket(u64);

/// The deliveries of the present connection, oldest first.
#[derive(Debug, Default)]
pub(super) struct AckBook {
    live: bool,
    /// Number of the oldest delivery; older ones are settled or died with their connection.
    first: u64,
    waiting: VecDeque<(Publish, bool)>,
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
    pub(super) fn delivered(&mut self, publish: &Publish) -> Option<Ticket> {
        if !self.live {
            return None;
        }
        // Only the packet id is needed; the payload must not be kept alive by the book.
        let head = Publish { pkid: publish.pkid, qos: publish.qos, ..Publish::default() };
        self.waiting.push_back((head, false));
        Some(Ticket(self.first + u64::try_from(self.waiting.len()).unwrap_or(u64::MAX) - 1))
    }

    /// Notes that a delivery is stored. A ticket of an earlier connection has no effect.
    pub(super) fn settle(&mut self, ticket: Ticket) {
        let place = ticket.0.checked_sub(self.first).and_then(|place| usize::try_from(place).ok());
        if let Some((_, stored)) = place.and_then(|place| self.waiting.get_mut(place)) {
            *stored = true;
        }
    }

    /// Sends what can go out in order, until `send` has no room.
    pub(super) fn release(&mut self, mut send: impl FnMut(&Publish) -> bool) {
        while let Some((publish, true)) = self.waiting.front() {
            if !send(publish) {
                return;
            }
            self.waiting.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use rumqttc::v5::mqttbytes::QoS;

    use super::*;

    fn publish(pkid: u16) -> Publish {
        Publish { pkid, qos: QoS::AtLeastOnce, ..Publish::default() }
    }

    fn sent(book: &mut AckBook) -> Vec<u16> {
        let mut sent = Vec::new();
        book.release(|publish| {
            sent.push(publish.pkid);
            true
        });
        sent
    }

    #[test]
    fn acknowledgements_keep_the_order_of_deliveries() {
        let mut book = AckBook::default();
        book.connected();
        let tickets: Vec<Ticket> = [1, 2, 3].map(|id| book.delivered(&publish(id)).unwrap()).to_vec();
        book.settle(tickets[2]);
        book.settle(tickets[1]);
        assert_eq!(sent(&mut book), [] as [u16; 0]);
        book.settle(tickets[0]);
        book.settle(tickets[0]);
        assert_eq!(sent(&mut book), [1, 2, 3]);
        assert_eq!(sent(&mut book), [] as [u16; 0]);
    }

    #[test]
    fn a_ticket_dies_with_its_connection() {
        let mut book = AckBook::default();
        assert_eq!(book.delivered(&publish(1)), None, "no connection yet");
        book.connected();
        let old = book.delivered(&publish(1)).unwrap();
        book.lost();
        assert_eq!(book.delivered(&publish(2)), None);
        book.connected();
        let new = book.delivered(&publish(1)).unwrap();
        book.settle(old);
        assert_eq!(sent(&mut book), [] as [u16; 0], "packet id 1 now means another message");
        book.settle(new);
        assert_eq!(sent(&mut book), [1]);
    }

    #[test]
    fn what_finds_no_room_goes_out_later() {
        let mut book = AckBook::default();
        book.connected();
        for id in [1, 2] {
            let ticket = book.delivered(&publish(id)).unwrap();
            book.settle(ticket);
        }
        let mut room = 1;
        book.release(|_| {
            room -= 1;
            room >= 0
        });
        assert_eq!(sent(&mut book), [2]);
    }
}
