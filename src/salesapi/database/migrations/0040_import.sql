-- Import: which jobs ran, and what each row of a source was imported as. Only fingerprints of rows are kept, not their values.
--
-- A row's content is offered here before its commands go to the log, under the key that they carry there. Whether an offer
-- was accepted is asked of log.request, where the key is stored in the same commit as the events: a job may be killed at any
-- moment, and the next one finds out exactly what was imported. Instants are this server's clock.

CREATE SCHEMA importing;
GRANT USAGE ON SCHEMA importing TO salesapi_app;

CREATE TABLE importing.job (
    id             bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source         text        NOT NULL,
    mapping_sha256 bytea       NOT NULL,
    files          jsonb       NOT NULL,  -- name, SHA-256 and table of each
    started_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at    timestamptz,  -- null: it runs, or was interrupted
    summary        jsonb
);

CREATE TABLE importing.row (
    source      text    NOT NULL,
    table_name  text    NOT NULL,
    row_id      text    NOT NULL,
    revision    integer NOT NULL CHECK (revision >= 0),  -- of `steps`; the offer is the next one
    steps       jsonb   NOT NULL,  -- what the row is imported as, unless the offer was accepted
    offered_key text,              -- null: there was nothing to ask of the log, and `steps` holds
    offered     jsonb,
    job_id      bigint  NOT NULL REFERENCES importing.job (id),
    CONSTRAINT row_identity PRIMARY KEY (source, table_name, row_id),
    CONSTRAINT row_offer_has_key CHECK ((offered IS NULL) = (offered_key IS NULL))
);

GRANT SELECT, INSERT, UPDATE ON importing.job, importing.row TO salesapi_app;
