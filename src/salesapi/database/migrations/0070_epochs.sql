-- The epochs of the log: one row for each time that its history went on from a backup, only ever added (`salesapi restored`).
-- A position belongs to the newest epoch that begins at or before it, so what stood before a restore keeps its id.
--
-- An epoch also notes where its log stood: the server's data (its system identifier), the database in it, and the timeline of
-- its recovery. A dump that was put into another database stands elsewhere, and is not written until that was told.

CREATE TABLE log.epoch (
    number            integer     NOT NULL,
    first_position    bigint      NOT NULL,
    recorded_at       timestamptz NOT NULL DEFAULT clock_timestamp(),  -- this server's clock, for people only
    reason            text        NOT NULL,
    system_identifier bigint      NOT NULL,
    database_oid      bigint      NOT NULL,
    timeline          integer     NOT NULL,
    lost_to           bigint,     -- a position of the epoch before that is known to have been given out, and is gone
    lost_root         bytea,      -- the root over the events up to there
    CONSTRAINT epoch_number PRIMARY KEY (number),
    CONSTRAINT epoch_numbers_from_one CHECK (number > 0 AND first_position > 0),
    CONSTRAINT epoch_loss_is_whole CHECK ((lost_to IS NULL) = (lost_root IS NULL) AND lost_to >= first_position
                                          AND octet_length(lost_root) = 32)
);

CREATE VIEW log.place AS
    SELECT c.system_identifier, d.oid::bigint AS database_oid,
           CASE WHEN pg_is_in_recovery() THEN 0
                ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer END AS timeline
    FROM pg_control_system() c, pg_database d WHERE d.datname = current_database();

-- A log whose epoch was raised by hand gave all of its events ids of that epoch, so it begins with it.
INSERT INTO log.epoch (number, first_position, reason, system_identifier, database_oid, timeline)
    SELECT s.epoch, 1, 'the log begins', p.system_identifier, p.database_oid, p.timeline FROM log.state s, log.place p;
DROP TABLE log.state;

CREATE TRIGGER epochs_are_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON log.epoch
    FOR EACH STATEMENT EXECUTE FUNCTION log.refuse_change();
ALTER TABLE log.epoch ENABLE ALWAYS TRIGGER epochs_are_only_added;

GRANT SELECT ON log.epoch, log.place TO salesapi_app;
