-- What river chiefs record. revision: how many contents this id has had before. replaced_by: where the next content came
-- from.
CREATE TABLE patrol (
    id          text        PRIMARY KEY,
    chief       text        NOT NULL,
    water       text        NOT NULL,
    started     timestamptz NOT NULL,
    ended       timestamptz NOT NULL,
    length_m    numeric,
    source      text        NOT NULL,
    note        text        NOT NULL,
    revision    int8        NOT NULL
);
CREATE INDEX patrol_ended ON patrol (ended);

CREATE TABLE patrol_revision (
    id          text        NOT NULL,
    revision    int8        NOT NULL,
    chief       text        NOT NULL,
    water       text        NOT NULL,
    started     timestamptz NOT NULL,
    ended       timestamptz NOT NULL,
    length_m    numeric,
    source      text        NOT NULL,
    note        text        NOT NULL,
    replaced_at timestamptz NOT NULL,
    replaced_by text        NOT NULL,
    PRIMARY KEY (id, revision)
);

-- opened_at, closed_at: what the steps come to, kept here so that lists need not read them all.
CREATE TABLE problem (
    id          text        PRIMARY KEY,
    chief       text,
    water       text        NOT NULL,
    place       text        NOT NULL,
    kind        text        NOT NULL,
    urgency     text        NOT NULL,
    supervised  bool        NOT NULL,
    source      text        NOT NULL,
    revision    int8        NOT NULL,
    opened_at   timestamptz,
    closed_at   timestamptz
);

CREATE TABLE problem_revision (
    id          text        NOT NULL,
    revision    int8        NOT NULL,
    chief       text,
    water       text        NOT NULL,
    place       text        NOT NULL,
    kind        text        NOT NULL,
    urgency     text        NOT NULL,
    supervised  bool        NOT NULL,
    source      text        NOT NULL,
    replaced_at timestamptz NOT NULL,
    replaced_by text        NOT NULL,
    PRIMARY KEY (id, revision)
);

-- Steps are added and never changed. taken_by: who took the step, given_to: who has the problem from then on.
CREATE TABLE problem_step (
    problem     text        NOT NULL,
    at          timestamptz NOT NULL,
    state       text        NOT NULL,
    taken_by    text        NOT NULL,
    given_to    text        NOT NULL,
    note        text        NOT NULL,
    PRIMARY KEY (problem, at, state, taken_by)
);
