-- How each follower of the log is, for the health of every process: written by the process that leads it, when something
-- changes. Who leads stands in pg_locks (`salesapi.database.locks.FOLLOW`), how far it has come in log.tracking.
-- `error` names the exception and the place in the program: never a secret, never a value of an event.

CREATE TABLE log.follower (
    follower text        PRIMARY KEY,
    -- following: all is well. failing: something cannot be reached, it tries again. stopped: only a human can mend it.
    state    text        NOT NULL CHECK (state IN ('following', 'failing', 'stopped')),
    error    text,
    position bigint,     -- only of a follower without a checkpoint in log.tracking; written at most once a second
    since    timestamptz NOT NULL DEFAULT clock_timestamp(),  -- of this state and error; this server's clock
    CONSTRAINT follower_trouble_is_explained CHECK ((state = 'following') = (error IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON log.follower TO salesapi_app;
