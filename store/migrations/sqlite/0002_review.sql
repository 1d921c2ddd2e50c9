-- Who replaced a value and why, where a person did.
ALTER TABLE sample_revision ADD COLUMN reviewer TEXT;
ALTER TABLE sample_revision ADD COLUMN reason TEXT;

-- Bits of what touched the day since it was settled last. Of marks from before nothing but an arrival is known.
ALTER TABLE stale ADD COLUMN causes INTEGER NOT NULL DEFAULT 1;

ALTER TABLE alarm ADD COLUMN withdrawn_at INTEGER;

-- rejected is from now on what is still rejected after replays.
ALTER TABLE dead_letter ADD COLUMN replayed_at INTEGER;

-- stale_recomputed counts the days, the others count them by cause. held: values in the table sample, kept here because
-- counting them takes minutes.
ALTER TABLE account ADD COLUMN alarms_withdrawn INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN recomputed_late INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN recomputed_revised INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN recomputed_reviewed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN recomputed_replayed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN held INTEGER NOT NULL DEFAULT 0;
UPDATE account SET held = stored - revised;

-- until: an instant of this database's clock.
CREATE TABLE lease (
    name   TEXT    PRIMARY KEY,
    holder TEXT    NOT NULL,
    until  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE memo (
    key  TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
    kind       TEXT    NOT NULL,
    period     TEXT    NOT NULL,
    area       TEXT    NOT NULL,
    folder     TEXT    NOT NULL,
    first      INTEGER NOT NULL,
    last       INTEGER NOT NULL,
    formats    TEXT    NOT NULL,
    written_at INTEGER NOT NULL,
    outdated   INTEGER NOT NULL,
    PRIMARY KEY (kind, period, area, folder)
) STRICT, WITHOUT ROWID;
