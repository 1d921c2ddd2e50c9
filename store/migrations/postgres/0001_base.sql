-- Instants are UTC, days are local natural days of the station, periods are seconds (0 for a reading at a moment), flags
-- are the bits of the model. Parameter 0 stands for "the whole station" in alarms. Measured values are binary floats
-- (exact up to 15 digits), derived values are exact decimals. People read values from the view `sample`.

CREATE TABLE station (
    id   int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE
);

CREATE TABLE parameter (
    id  int2 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE
);

-- What a station sent together: one row, because a row costs a database more than the values in it. The arrays are of
-- one length and go by ascending parameter.
--   flags         what is known about each value; NULL: nothing is known against any
--   device_flags  of flags, those a value came with; NULL: the same as flags
--   revisions     how many values each key has had before; NULL: none
--   received      when each value arrived; NULL: all at received_at
CREATE TABLE frame (
    station      int4        NOT NULL,
    period       int4        NOT NULL,
    instant      timestamptz NOT NULL,
    received_at  timestamptz NOT NULL,
    parameters   int2[]      NOT NULL,
    vals         float8[]    NOT NULL,
    flags        int4[],
    device_flags int4[],
    revisions    int4[],
    received     timestamptz[],
    PRIMARY KEY (station, period, instant)
);

CREATE TABLE sample_revision (
    station      int4        NOT NULL,
    period       int4        NOT NULL,
    instant      timestamptz NOT NULL,
    parameter    int2        NOT NULL,
    revision     int4        NOT NULL,
    value        float8      NOT NULL,
    flags        int4        NOT NULL,
    device_flags int4        NOT NULL,
    received_at  timestamptz NOT NULL,
    replaced_at  timestamptz NOT NULL,
    source       text        NOT NULL,
    reviewer     text,
    reason       text,
    PRIMARY KEY (station, period, instant, parameter, revision)
);

-- Values as people and charts want them: one row each.
CREATE VIEW sample AS
SELECT t.name AS station, p.key AS parameter, f.period, f.instant, v.value, coalesce(v.flags, 0) AS flags,
    coalesce(v.device_flags, v.flags, 0) AS device_flags, coalesce(v.revision, 0) AS revision,
    coalesce(v.received_at, f.received_at) AS received_at
FROM frame AS f
JOIN station AS t ON t.id = f.station
CROSS JOIN LATERAL unnest(f.parameters, f.vals, f.flags, f.device_flags, f.revisions, f.received)
    AS v (parameter, value, flags, device_flags, revision, received_at)
JOIN parameter AS p ON p.id = v.parameter;

-- The periods each station sends, so that reads seek instead of scan and the newest instant needs no search.
CREATE TABLE series (
    station int4        NOT NULL,
    period  int4        NOT NULL,
    last    timestamptz NOT NULL,
    PRIMARY KEY (station, period)
);

CREATE TABLE dead_letter (
    id          int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    received_at timestamptz NOT NULL,
    source      text        NOT NULL,
    reason      text        NOT NULL,
    detail      text        NOT NULL,
    rejected    int8        NOT NULL,
    raw         bytea       NOT NULL,
    raw_len     int8        NOT NULL,
    replayed_at timestamptz
);
CREATE INDEX dead_letter_received_at ON dead_letter (received_at);

-- The promise of the account is kept by the table itself: a transaction that breaks it does not commit. The account is
-- the sum of all slots; each connection counts in its own, so that writers do not wait for each other.
CREATE TABLE account (
    slot                int4 PRIMARY KEY,
    incoming            int8 NOT NULL DEFAULT 0,
    stored              int8 NOT NULL DEFAULT 0,
    repeated            int8 NOT NULL DEFAULT 0,
    rejected            int8 NOT NULL DEFAULT 0,
    messages            int8 NOT NULL DEFAULT 0,
    revised             int8 NOT NULL DEFAULT 0,
    alarms_raised       int8 NOT NULL DEFAULT 0,
    alarms_cleared      int8 NOT NULL DEFAULT 0,
    alarms_withdrawn    int8 NOT NULL DEFAULT 0,
    reviewed            int8 NOT NULL DEFAULT 0,
    recomputed          int8 NOT NULL DEFAULT 0,
    recomputed_late     int8 NOT NULL DEFAULT 0,
    recomputed_revised  int8 NOT NULL DEFAULT 0,
    recomputed_reviewed int8 NOT NULL DEFAULT 0,
    recomputed_replayed int8 NOT NULL DEFAULT 0,
    CHECK (incoming = stored + repeated + rejected)
);
INSERT INTO account (slot) SELECT generate_series(0, 63);

-- version: taken anew by each commit that touches the day. It never repeats, so an old version never matches a new mark.
CREATE SEQUENCE stale_version;
CREATE TABLE stale (
    station int4 NOT NULL,
    day     date NOT NULL,
    version int8 NOT NULL,
    causes  int2 NOT NULL,
    PRIMARY KEY (station, day)
);
CREATE INDEX stale_day ON stale (day);

CREATE TABLE derived_day (
    station int4 NOT NULL,
    day     date NOT NULL,
    PRIMARY KEY (station, day)
);

CREATE TABLE daily (
    station   int4    NOT NULL,
    day       date    NOT NULL,
    parameter int2    NOT NULL,
    value     numeric,
    min       numeric,
    max       numeric,
    count     int8    NOT NULL,
    expected  int8    NOT NULL,
    valid     bool    NOT NULL,
    PRIMARY KEY (station, day, parameter)
);
CREATE INDEX daily_day ON daily (day);

CREATE TABLE alarm_state (
    station     int4 NOT NULL,
    rule        text NOT NULL,
    parameter   int2 NOT NULL,
    phase       text NOT NULL,
    since       timestamptz,
    raised_at   timestamptz,
    worst       numeric,
    clear_since timestamptz,
    last        timestamptz,
    PRIMARY KEY (station, rule, parameter)
);

CREATE TABLE alarm (
    id           int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    station      int4        NOT NULL,
    rule         text        NOT NULL,
    parameter    int2        NOT NULL,
    severity     text        NOT NULL,
    raised_at    timestamptz NOT NULL,
    since        timestamptz NOT NULL,
    cleared_at   timestamptz,
    withdrawn_at timestamptz,
    worst        numeric,
    exceeded     numeric,
    text         text        NOT NULL,
    basis        text        NOT NULL,
    UNIQUE (station, rule, parameter, raised_at)
);
CREATE INDEX alarm_raised_at ON alarm (raised_at);

CREATE TABLE outbox (
    id         int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    alarm      int8 NOT NULL,
    event      text NOT NULL,
    attempts   int8 NOT NULL DEFAULT 0,
    last_error text,
    sent_at    timestamptz,
    UNIQUE (alarm, event)
);
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;

CREATE TABLE lease (
    name       text PRIMARY KEY,
    holder     text        NOT NULL,
    expires_at timestamptz NOT NULL
);

CREATE TABLE memo (
    key  text PRIMARY KEY,
    text text NOT NULL
);

CREATE TABLE report (
    kind       text        NOT NULL,
    period     text        NOT NULL,
    area       text        NOT NULL,
    folder     text        NOT NULL,
    first_day  date        NOT NULL,
    last_day   date        NOT NULL,
    formats    text        NOT NULL,
    written_at timestamptz NOT NULL,
    outdated   bool        NOT NULL,
    PRIMARY KEY (kind, period, area, folder)
);
