-- How far each follower of the log has come. A follower moves its own row inside the transaction that stores its work,
-- by compare-and-swap, so that two processes that both believe they lead it cannot both count.

CREATE TABLE log.tracking (
    follower text        PRIMARY KEY,
    position bigint      NOT NULL CHECK (position > 0),
    moved_at timestamptz NOT NULL DEFAULT clock_timestamp()  -- this server's clock, for health only
) WITH (fillfactor = 50);  -- room for updates in place: each row is written once a page of events

GRANT SELECT, INSERT, UPDATE ON log.tracking TO salesapi_app;
