-- Days computed again because an operator had the checks look at them again.
ALTER TABLE account ADD COLUMN recomputed_rechecked int8 NOT NULL DEFAULT 0;
