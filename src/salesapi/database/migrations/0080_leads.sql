-- Who leads which follower, by a lease: a process renews its own row every few seconds, and whoever finds a row expired removes
-- it, and all of its leads with it; the same at once where its session has ended, as after a kill. `until` is this server's clock
-- alone. A lead only saves double work: a follower's checkpoint is compared and swapped in the transaction of its work.

CREATE TABLE log.process (
    id      uuid        PRIMARY KEY,
    name    text        NOT NULL,     -- host and process id, for people
    backend integer     NOT NULL,     -- the server process of the session that renews it
    until   timestamptz NOT NULL
) WITH (fillfactor = 50);  -- room for updates in place: each row is written every few seconds

CREATE TABLE log.lead (
    follower text PRIMARY KEY,
    process  uuid NOT NULL REFERENCES log.process (id) ON DELETE CASCADE
);
CREATE INDEX lead_of_process ON log.lead (process);

CREATE VIEW log.living_lead AS
    SELECT l.follower, p.name AS leader FROM log.lead l JOIN log.process p ON p.id = l.process
    WHERE p.until >= clock_timestamp() AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = p.backend);

-- Removes processes that are gone, gives `asking` a lease, and the leads that nobody has; answers all that it has now. One call,
-- so that a client that stops in the middle holds no lock. A row that its own process renews just now is not expired any more
-- when it can be removed: the condition is looked at again behind its lock.
CREATE FUNCTION log.take_leads(asking uuid, asking_name text, lease interval, wanted text[]) RETURNS SETOF text
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM log.process WHERE id IN (
        SELECT p.id FROM log.process p
        WHERE p.id <> asking
          AND (p.until < clock_timestamp() OR NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = p.backend))
        FOR UPDATE SKIP LOCKED
    );
    INSERT INTO log.process AS p (id, name, backend, until)
    VALUES (asking, asking_name, pg_backend_pid(), clock_timestamp() + lease)
    ON CONFLICT (id) DO UPDATE SET until = excluded.until, backend = excluded.backend;
    INSERT INTO log.lead (follower, process) SELECT name, asking FROM unnest(wanted) AS name ORDER BY name
    ON CONFLICT (follower) DO NOTHING;
    RETURN QUERY SELECT follower FROM log.lead WHERE process = asking;
END
$$;

GRANT SELECT, INSERT, UPDATE, DELETE ON log.process, log.lead TO salesapi_app;
GRANT SELECT ON log.living_lead TO salesapi_app;
REVOKE EXECUTE ON FUNCTION log.take_leads FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.take_leads TO salesapi_app;

-- Messages of the stream that were not those of the log, by kind: what the auditor of the stream has found so far.
CREATE TABLE log.stream_fault (
    kind     text        PRIMARY KEY CHECK (kind IN ('forged', 'lost', 'altered', 'swapped', 'doubled', 'reconfigured')),
    faults   bigint      NOT NULL CHECK (faults > 0),
    position bigint      NOT NULL,  -- of the first one that was found last
    found_at timestamptz NOT NULL   -- this server's clock, of the same
);

-- What such messages held, since the stream is sent anew and they are gone from it. Bounded by whoever writes it; the owner
-- empties it.
CREATE TABLE log.stream_faulty_message (
    number   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     text        NOT NULL,
    position bigint      NOT NULL,
    subject  text        NOT NULL,
    id       text        NOT NULL,  -- as its header said
    body     bytea       NOT NULL,
    found_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

GRANT SELECT, INSERT, UPDATE ON log.stream_fault TO salesapi_app;
GRANT SELECT, INSERT ON log.stream_faulty_message TO salesapi_app;
