-- What loggers say besides values. digest: SHA-256 of command, part and text, so that the same again is known by a short
-- key. part_no, part_of: NULL where it was not sent in parts.
CREATE TABLE device_record (
    id          INTEGER PRIMARY KEY,
    station     INTEGER NOT NULL,
    instant     INTEGER NOT NULL,
    digest      BLOB    NOT NULL,
    received_at INTEGER NOT NULL,
    command     TEXT    NOT NULL,
    part_no     INTEGER,
    part_of     INTEGER,
    text        TEXT    NOT NULL,
    UNIQUE (station, instant, digest)
) STRICT;
CREATE INDEX device_record_instant ON device_record (instant);
CREATE INDEX device_record_received_at ON device_record (received_at);
