-- What river chiefs record. revision: how many contents this id has had before. replaced_by: where the next content came
-- from. Metres are decimal text.
CREATE TABLE patrol (
    id       TEXT    PRIMARY KEY,
    chief    TEXT    NOT NULL,
    water    TEXT    NOT NULL,
    started  INTEGER NOT NULL,
    ended    INTEGER NOT NULL,
    length_m TEXT,
    source   TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    revision INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX patrol_ended ON patrol (ended);

CREATE TABLE patrol_revision (
    id          TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    chief       TEXT    NOT NULL,
    water       TEXT    NOT NULL,
    started     INTEGER NOT NULL,
    ended       INTEGER NOT NULL,
    length_m    TEXT,
    source      TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    replaced_at INTEGER NOT NULL,
    replaced_by TEXT    NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;

-- opened_at, closed_at: what the steps come to, kept here so that lists need not read them all.
CREATE TABLE problem (
    id         TEXT    PRIMARY KEY,
    chief      TEXT,
    water      TEXT    NOT NULL,
    place      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    urgency    TEXT    NOT NULL,
    supervised INTEGER NOT NULL,
    source     TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    opened_at  INTEGER,
    closed_at  INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE problem_revision (
    id          TEXT    NOT NULL,
    revision    INTEGER NOT NULL,
    chief       TEXT,
    water       TEXT    NOT NULL,
    place       TEXT    NOT NULL,
    kind        TEXT    NOT NULL,
    urgency     TEXT    NOT NULL,
    supervised  INTEGER NOT NULL,
    source      TEXT    NOT NULL,
    replaced_at INTEGER NOT NULL,
    replaced_by TEXT    NOT NULL,
    PRIMARY KEY (id, revision)
) STRICT, WITHOUT ROWID;

-- Steps are added and never changed. taken_by: who took the step, given_to: who has the problem from then on.
CREATE TABLE problem_step (
    problem  TEXT    NOT NULL,
    at       INTEGER NOT NULL,
    state    TEXT    NOT NULL,
    taken_by TEXT    NOT NULL,
    given_to TEXT    NOT NULL,
    note     TEXT    NOT NULL,
    PRIMARY KEY (problem, at, state, taken_by)
) STRICT, WITHOUT ROWID;
