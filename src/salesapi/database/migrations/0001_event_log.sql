-- The event log: the one table of facts, the idempotency keys stored with them, and the one function that writes both.
--
-- Positions are gapless from 1 in commit order. They are given out under a transaction-scoped advisory lock that lives
-- for one batch: whoever gets the lock sees everything that was committed under it before, so every snapshot of the log
-- is a prefix of it and no follower can be handed position c + 2 before c + 1. Nothing else may write log.event.
--
-- `recorded_at` is this server's clock, never going back. `occurred_*` is business time as the sender stated it.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'salesapi_app') THEN
        CREATE ROLE salesapi_app NOLOGIN;
    END IF;
EXCEPTION
    -- Roles belong to the whole server: another database's migration may have made it a moment ago.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$;

GRANT USAGE ON SCHEMA log TO salesapi_app;
GRANT SELECT ON log.migration TO salesapi_app;

CREATE TABLE log.event (
    position      bigint      NOT NULL,
    stream_kind   text        NOT NULL,
    stream_id     uuid        NOT NULL,
    version       integer     NOT NULL,
    type          text        NOT NULL,
    schema        integer     NOT NULL,
    payload       json        NOT NULL,  -- json, not jsonb: the text is kept byte for byte, which hashes need
    meta          json        NOT NULL,
    occurred_at   timestamptz,
    occurred_on   date,
    occurred_zone text,
    recorded_at   timestamptz NOT NULL,
    CONSTRAINT event_position PRIMARY KEY (position),
    CONSTRAINT event_stream_version UNIQUE (stream_id, version),
    CONSTRAINT event_numbers_from_one CHECK (position > 0 AND version > 0 AND schema > 0),
    CONSTRAINT event_business_time_has_date_and_zone
        CHECK ((occurred_on IS NULL) = (occurred_zone IS NULL) AND (occurred_at IS NULL OR occurred_on IS NOT NULL))
) WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0.02);

CREATE INDEX event_recorded_at ON log.event USING brin (recorded_at);

CREATE TABLE log.request (
    principal_id   uuid        NOT NULL,
    key            text        NOT NULL,
    fingerprint    bytea       NOT NULL,
    receipt        json        NOT NULL,
    first_position bigint      NOT NULL,
    event_count    integer     NOT NULL,
    recorded_at    timestamptz NOT NULL,
    keep_forever   boolean     NOT NULL,
    CONSTRAINT request_key PRIMARY KEY (principal_id, key)
);

-- One row. Whoever restores a backup adds one to the epoch as the owner, before the log is written again: positions
-- after the backup are then given out a second time, and consumers tell the two apart by the epoch.
CREATE TABLE log.state (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    epoch    integer NOT NULL CHECK (epoch > 0)
);
INSERT INTO log.state (epoch) VALUES (1);

GRANT SELECT ON log.event, log.request, log.state TO salesapi_app;

CREATE FUNCTION log.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: events are only ever added. Append an event that corrects the earlier one.',
        TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER events_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON log.event
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
-- ALWAYS: also in a session that set session_replication_role.
ALTER TABLE log.event ENABLE ALWAYS TRIGGER events_are_only_added;

-- Appends one batch of requests: all of it, or nothing and what stands in the way.
--
-- The first eleven arrays are the events in order; `firsts` marks the first event of each stream in a request, whose
-- version must follow the stored one. The other arrays are the requests' keys; `offsets` counts the events of the batch
-- before the key's request. `taken` numbers (from 1) the keys that are stored already, `stale` the first events whose
-- stream is at another version, or of another kind.
--
-- READ COMMITTED only: each statement after the lock must see what was committed before the lock was granted. Under a
-- stricter level the INSERT fails on a constraint: loud, never wrong.
CREATE FUNCTION log.append(
    kinds text[], ids uuid[], versions integer[], firsts boolean[],
    types text[], schemas integer[], payloads json[], metas json[],
    instants timestamptz[], dates date[], zones text[],
    principals uuid[], keys text[], fingerprints bytea[], receipts json[], forevers boolean[],
    offsets integer[], counts integer[],
    OUT last_position bigint, OUT recorded timestamptz, OUT taken bigint[], OUT stale bigint[]
)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- The plans are kept, and may be made while the tables are empty: without this they could stay sequential scans.
SET enable_seqscan = off
SET plan_cache_mode = force_generic_plan
AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(7731);

    SELECT e.position, greatest(e.recorded_at, clock_timestamp()) INTO last_position, recorded
        FROM log.event e ORDER BY e.position DESC LIMIT 1;
    last_position := coalesce(last_position, 0);
    recorded := coalesce(recorded, clock_timestamp());

    -- Scalar subqueries, not joins: one probe of an index for each row, whatever the statistics say.
    SELECT array_agg(k.n) INTO taken
        FROM unnest(principals, keys) WITH ORDINALITY AS k (principal_id, key, n)
        WHERE (SELECT true FROM log.request r WHERE r.principal_id = k.principal_id AND r.key = k.key);

    SELECT array_agg(f.n) INTO stale
        FROM unnest(kinds, ids, versions, firsts) WITH ORDINALITY AS f (kind, id, version, first, n)
        WHERE f.first AND f.version - 1 IS DISTINCT FROM coalesce((
            SELECT CASE WHEN e.stream_kind = f.kind THEN e.version ELSE -1 END
            FROM log.event e WHERE e.stream_id = f.id ORDER BY e.version DESC LIMIT 1
        ), 0);

    IF taken IS NOT NULL OR stale IS NOT NULL THEN
        RETURN;
    END IF;

    INSERT INTO log.event (position, stream_kind, stream_id, version, type, schema, payload, meta,
                           occurred_at, occurred_on, occurred_zone, recorded_at)
        SELECT last_position + n, kind, id, version, type, schema, payload, meta, instant, date, zone, recorded
        FROM unnest(kinds, ids, versions, types, schemas, payloads, metas, instants, dates, zones) WITH ORDINALITY
            AS e (kind, id, version, type, schema, payload, meta, instant, date, zone, n);

    INSERT INTO log.request (principal_id, key, fingerprint, receipt, first_position, event_count, recorded_at,
                             keep_forever)
        SELECT principal_id, key, fingerprint, receipt, last_position + events_before + 1, event_count, recorded, forever
        FROM unnest(principals, keys, fingerprints, receipts, forevers, offsets, counts)
            AS k (principal_id, key, fingerprint, receipt, forever, events_before, event_count);

    -- Once a batch, no payload, and nowhere else: a committing transaction that has notified holds a server-wide lock.
    IF cardinality(ids) > 0 THEN
        NOTIFY event;
    END IF;
END
$$;

REVOKE ALL ON FUNCTION log.append FROM PUBLIC;
GRANT EXECUTE ON FUNCTION log.append TO salesapi_app;
