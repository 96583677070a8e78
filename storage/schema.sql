CREATE TABLE answers (
    once_key TEXT NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    answer TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    kind TEXT NOT NULL,
    guild_id INTEGER NOT NULL,
    id TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, guild_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,  -- 0: the guild as a whole
    kind TEXT NOT NULL,
    xp INTEGER NOT NULL,
    source TEXT,
    channel_id INTEGER,
    thread_id INTEGER,
    cause INTEGER,
    correlation TEXT,
    batch TEXT,
    actor_id INTEGER,
    origin TEXT,
    reasons TEXT,  -- JSON: what only this kind of outcome tells
    counters TEXT  -- JSON: how the member's counters changed since the member's last line
, day_on INTEGER) STRICT;

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

CREATE TABLE members (
    guild_id INTEGER NOT NULL,
    user_id INTEGER NOT NULL,
    present INTEGER NOT NULL,
    presence_at INTEGER NOT NULL,
    xp INTEGER NOT NULL CHECK (xp BETWEEN 0 AND 9007199254740991),
    messages INTEGER NOT NULL,
    images INTEGER NOT NULL,
    links INTEGER NOT NULL,
    long_messages INTEGER NOT NULL,
    commands INTEGER NOT NULL,
    last_award_at INTEGER NOT NULL,
    streak INTEGER NOT NULL,
    longest_streak INTEGER NOT NULL,
    dailies INTEGER NOT NULL,
    last_claim_at INTEGER NOT NULL,
    last_claim_on INTEGER NOT NULL,
    last_claim_zone TEXT NOT NULL,
    goals_completed INTEGER NOT NULL,
    boosting_since INTEGER NOT NULL,
    boost_seen_at INTEGER NOT NULL,
    best_rank_of_10 INTEGER NOT NULL,
    best_rank_of_30 INTEGER NOT NULL,
    worst_rank INTEGER NOT NULL,
    rank_improvement INTEGER NOT NULL,
    achievements TEXT,  -- JSON: id -> [first unlocked at, times]
    refused TEXT,  -- JSON: reason -> messages since the last ledger line that earned nothing
    ledgered TEXT,  -- JSON: the activity counters as of the last ledger line
    PRIMARY KEY (guild_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT;

CREATE INDEX answers_by_age ON answers (at);

CREATE INDEX ledger_of_actors ON ledger (guild_id) WHERE actor_id IS NOT NULL;

CREATE INDEX ledger_of_batches ON ledger (batch) WHERE batch IS NOT NULL;

CREATE INDEX ledger_of_failures ON ledger (guild_id) WHERE kind = 'delivery_failed';

CREATE INDEX ledger_of_member ON ledger (guild_id, user_id);

CREATE INDEX ledger_of_operations ON ledger (correlation) WHERE correlation IS NOT NULL;
