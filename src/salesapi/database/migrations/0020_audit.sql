-- The audit tree (RFC 9162) over log.event: written by the sealer (audit/sealing.py), which follows the log.
--
-- The leaf of the event at position p has the index p - 1. Level 0 is audit.leaf; audit.node holds the finished perfect
-- subtrees above it, which never change. A root over any size is computed from at most 63 of these rows.

CREATE SCHEMA audit;

CREATE TABLE audit.leaf (
    position bigint NOT NULL,
    hash     bytea  NOT NULL,
    CONSTRAINT leaf_position PRIMARY KEY (position),
    CONSTRAINT leaf_is_sha256 CHECK (position > 0 AND octet_length(hash) = 32)
) WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0.02);

CREATE TABLE audit.node (
    level integer NOT NULL,
    idx   bigint  NOT NULL,
    hash  bytea   NOT NULL,
    CONSTRAINT node_address PRIMARY KEY (level, idx),
    CONSTRAINT node_is_sha256 CHECK (level BETWEEN 1 AND 62 AND idx >= 0 AND octet_length(hash) = 32)
) WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0.02);

-- One row for each batch of the sealer: what the log looked like at that size.
CREATE TABLE audit.root (
    size      bigint      NOT NULL,
    root      bytea       NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp(),  -- this server's clock, for people only
    CONSTRAINT root_size PRIMARY KEY (size),
    CONSTRAINT root_is_sha256 CHECK (size > 0 AND octet_length(root) = 32)
) WITH (fillfactor = 100);

CREATE FUNCTION audit.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on %.% is refused: evidence is only ever added.', TG_OP, TG_TABLE_SCHEMA, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER leaves_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.leaf
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER nodes_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.node
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
CREATE TRIGGER roots_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.root
    FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse_change();
-- ALWAYS: also in a session that set session_replication_role.
ALTER TABLE audit.leaf ENABLE ALWAYS TRIGGER leaves_are_only_added;
ALTER TABLE audit.node ENABLE ALWAYS TRIGGER nodes_are_only_added;
ALTER TABLE audit.root ENABLE ALWAYS TRIGGER roots_are_only_added;

GRANT USAGE ON SCHEMA audit TO salesapi_app;
GRANT SELECT, INSERT ON audit.leaf, audit.node, audit.root TO salesapi_app;
