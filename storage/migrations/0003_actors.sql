-- Few lines among many, in order: what somebody made to happen in a guild, what belongs to a bulk change or
-- to a larger operation, and what a subscriber of the feed gave up on.
CREATE INDEX ledger_of_actors ON ledger (guild_id) WHERE actor_id IS NOT NULL;

CREATE INDEX ledger_of_batches ON ledger (batch) WHERE batch IS NOT NULL;

CREATE INDEX ledger_of_failures ON ledger (guild_id) WHERE kind = 'delivery_failed';

CREATE INDEX ledger_of_operations ON ledger (correlation) WHERE correlation IS NOT NULL;
