-- What loggers say besides values. digest: SHA-256 of command, part and text, so that the same again is known by a short
-- key. part_no, part_of: NULL where it was not sent in parts.
CREATE TABLE device_record (
    id          int8        GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station     int4        NOT NULL,
    instant     timestamptz NOT NULL,
    digest      bytea       NOT NULL,
    received_at timestamptz NOT NULL,
    command     text        NOT NULL,
    part_no     int4,
    part_of     int4,
    text        text        NOT NULL,
    UNIQUE (station, instant, digest)
);
CREATE INDEX device_record_instant ON device_record (instant);
CREATE INDEX device_record_received_at ON device_record (received_at);
