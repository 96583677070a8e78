-- The day of the guild's calendar on which a line counts. NULL: the day of `at` in UTC, which is
-- `at / 86400000 + 719163`; so it is for all lines from before this column.
ALTER TABLE ledger ADD COLUMN day_on INTEGER;

-- What the lines up to `summed_seq` (in `meta`) add up to, by member and day. It can be made anew from the ledger.
CREATE TABLE member_days (
    guild_id INTEGER NOT NULL,
    day_on INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    xp INTEGER NOT NULL,
    awards INTEGER NOT NULL,  -- lines that tell of awards for messages, outside any batch
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    PRIMARY KEY (guild_id, day_on, user_id)
) STRICT, WITHOUT ROWID;
