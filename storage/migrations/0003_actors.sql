-- What somebody made to happen in a guild, in order: few lines among many.
CREATE INDEX ledger_of_actors ON ledger (guild_id) WHERE actor_id IS NOT NULL;
