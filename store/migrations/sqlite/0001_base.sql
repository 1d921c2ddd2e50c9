-- Instants are Unix microseconds, days are days since 1970-01-01, periods are seconds, flags are the bits of the
-- model. Parameter 0 stands for "the whole station" in alarms. Measured values are REAL (exact up to 15 digits),
-- derived values are decimal text (exact up to 28 digits).

CREATE TABLE station (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE parameter (
    id  INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE
) STRICT;

-- flags: device_flags and what the checks added. revision: how many values this key has had before. What a station
-- sends together stands together, so that a batch touches few pages and a station's day is one stretch.
CREATE TABLE sample (
    station      INTEGER NOT NULL,
    period       INTEGER NOT NULL,
    instant      INTEGER NOT NULL,
    parameter    INTEGER NOT NULL,
    value        REAL    NOT NULL,
    flags        INTEGER NOT NULL,
    device_flags INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (station, period, instant, parameter)
) STRICT, WITHOUT ROWID;

CREATE TABLE sample_revision (
    station     INTEGER NOT NULL,
    period      INTEGER NOT NULL,
    instant     INTEGER NOT NULL,
    parameter   INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    value       REAL    NOT NULL,
    flags       INTEGER NOT NULL,
    device_flags INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    replaced_at INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    PRIMARY KEY (station, period, instant, parameter, revision)
) STRICT, WITHOUT ROWID;

-- The periods each station sends, so that reads seek instead of scan and the newest instant needs no search.
CREATE TABLE series (
    station INTEGER NOT NULL,
    period  INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    PRIMARY KEY (station, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letter (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    detail      TEXT    NOT NULL,
    rejected    INTEGER NOT NULL,
    raw         BLOB    NOT NULL,
    raw_len     INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letter_received_at ON dead_letter (received_at);

-- The promise of the account is kept by the table itself: a transaction that breaks it does not commit.
CREATE TABLE account (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    commits          INTEGER NOT NULL DEFAULT 0,
    incoming         INTEGER NOT NULL DEFAULT 0,
    stored           INTEGER NOT NULL DEFAULT 0,
    repeated         INTEGER NOT NULL DEFAULT 0,
    rejected         INTEGER NOT NULL DEFAULT 0,
    messages         INTEGER NOT NULL DEFAULT 0,
    revised          INTEGER NOT NULL DEFAULT 0,
    alarms_raised    INTEGER NOT NULL DEFAULT 0,
    alarms_cleared   INTEGER NOT NULL DEFAULT 0,
    stale_recomputed INTEGER NOT NULL DEFAULT 0,
    CHECK (incoming = stored + repeated + rejected)
) STRICT;
INSERT INTO account (id) VALUES (1);

-- version: number of the commit that touched the day last. It never repeats, so an old version never matches a new
-- mark.
CREATE TABLE stale (
    station INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (station, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX stale_day ON stale (day);

CREATE TABLE derived_day (
    station INTEGER NOT NULL,
    day     INTEGER NOT NULL,
    PRIMARY KEY (station, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily (
    station   INTEGER NOT NULL,
    day       INTEGER NOT NULL,
    parameter INTEGER NOT NULL,
    value     TEXT,
    min       TEXT,
    max       TEXT,
    count     INTEGER NOT NULL,
    expected  INTEGER NOT NULL,
    valid     INTEGER NOT NULL,
    PRIMARY KEY (station, day, parameter)
) STRICT, WITHOUT ROWID;
CREATE INDEX daily_day ON daily (day);

CREATE TABLE alarm_state (
    station     INTEGER NOT NULL,
    rule        TEXT    NOT NULL,
    parameter   INTEGER NOT NULL,
    phase       TEXT    NOT NULL,
    since       INTEGER,
    raised_at   INTEGER,
    worst       TEXT,
    clear_since INTEGER,
    last        INTEGER,
    PRIMARY KEY (station, rule, parameter)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    station     INTEGER NOT NULL,
    rule        TEXT    NOT NULL,
    parameter   INTEGER NOT NULL,
    severity    TEXT    NOT NULL,
    raised_at   INTEGER NOT NULL,
    since       INTEGER NOT NULL,
    cleared_at  INTEGER,
    worst       TEXT,
    exceeded    TEXT,
    text        TEXT    NOT NULL,
    basis       TEXT    NOT NULL,
    UNIQUE (station, rule, parameter, raised_at)
) STRICT;
CREATE INDEX alarm_raised_at ON alarm (raised_at);

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    alarm      INTEGER NOT NULL,
    event      TEXT    NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    last_error TEXT,
    sent_at    INTEGER,
    UNIQUE (alarm, event)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (id) WHERE sent_at IS NULL;
