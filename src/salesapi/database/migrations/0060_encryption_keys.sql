-- Which key-encryption keys (KEKs) this database needs, and the end of a subject's key in the commit that says so.
--
-- A KEK is known by an id that is made of its digest; the KEK itself is never here. A subject's key can only be wrapped by one
-- that is listed: once a rotation has taken an id from the list, a process that still holds the old file can wrap nothing with it.

CREATE TABLE privacy.key_encryption_key (
    id       text        PRIMARY KEY,
    bound_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

INSERT INTO privacy.key_encryption_key (id)
    SELECT DISTINCT kek_id FROM privacy.subject_key WHERE wrapped_key IS NOT NULL;

-- A destroyed key was wrapped by nothing that anybody needs.
ALTER TABLE privacy.subject_key ALTER COLUMN kek_id DROP NOT NULL;
UPDATE privacy.subject_key SET kek_id = NULL WHERE wrapped_key IS NULL;
ALTER TABLE privacy.subject_key
    ADD CONSTRAINT subject_key_is_wrapped_by_a_bound_key FOREIGN KEY (kek_id) REFERENCES privacy.key_encryption_key (id);

GRANT SELECT ON privacy.key_encryption_key TO salesapi_app;

-- Binds the first key file: only a database that needs no KEK yet takes one. Whoever comes second is bound to the first.
CREATE FUNCTION privacy.bind_first_key(wanted text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    LOCK TABLE privacy.key_encryption_key IN SHARE ROW EXCLUSIVE MODE;
    IF NOT EXISTS (SELECT FROM privacy.key_encryption_key) THEN
        INSERT INTO privacy.key_encryption_key (id) VALUES (wanted);
    END IF;
END
$$;
REVOKE ALL ON FUNCTION privacy.bind_first_key FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy.bind_first_key TO salesapi_app;

-- The event `person.erased` is stored together with its effect: the keys that it names are gone in the same commit, so there
-- is no erasure without its fact and no fact without its erasure. Also gone is what else could tell the values to who guesses
-- them: fingerprints of the requests that brought them, and what imports remember of the rows that did.
CREATE FUNCTION privacy.destroy_keys() RETURNS trigger
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    subjects uuid[] := ARRAY(SELECT s::uuid FROM json_array_elements_text(NEW.payload -> 'subject_ids') AS s);
    streams  uuid[] := ARRAY(SELECT (r ->> 'id')::uuid FROM json_array_elements(NEW.payload -> 'records') AS r);
BEGIN
    UPDATE privacy.subject_key SET wrapped_key = NULL, kek_id = NULL, shredded_at = clock_timestamp()
        WHERE subject_id = ANY(subjects) AND wrapped_key IS NOT NULL;

    WITH brought AS (
        SELECT DISTINCT (e.meta ->> 'actor_id')::uuid AS principal_id, e.meta ->> 'idempotency_key' AS key
        FROM log.event e
        WHERE e.stream_id = ANY(streams) AND e.meta ->> 'idempotency_key' IS NOT NULL
            AND EXISTS (
                SELECT FROM regexp_matches(e.payload::text, '"s":"([0-9a-f-]{36})"', 'g') AS sealed (subject)
                WHERE sealed.subject[1] = ANY(subjects::text[])
            )
    ), requests AS (
        -- A retry of such a request is answered that its key was used already.
        UPDATE log.request r SET fingerprint = sha256(uuid_send(gen_random_uuid()))
        FROM brought b WHERE r.principal_id = b.principal_id AND r.key = b.key
    )
    UPDATE importing.row r SET steps = '{}', offered = NULL, offered_key = NULL, is_erased = true
        FROM brought b
        WHERE r.source || '/' || r.table_name || '/' || r.row_id = regexp_replace(b.key, '/[0-9]+/[0-9a-f]+$', '');

    -- Every process forgets the keys and states that it holds in memory.
    NOTIFY erased;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION privacy.destroy_keys FROM PUBLIC;

CREATE TRIGGER erased_person_loses_its_keys AFTER INSERT ON log.event
    FOR EACH ROW WHEN (NEW.type = 'person.erased') EXECUTE FUNCTION privacy.destroy_keys();
ALTER TABLE log.event ENABLE ALWAYS TRIGGER erased_person_loses_its_keys;

-- What the idempotency keys of a source's rows, which stand in the log and its exports, are digested with: nobody who has only
-- these can try out what a row may have held.
CREATE TABLE importing.source (
    source text  PRIMARY KEY,
    secret bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
);
GRANT SELECT, INSERT (source) ON importing.source TO salesapi_app;

-- True once a person of the row was erased: the same file again brings nothing of it back.
ALTER TABLE importing.row ADD COLUMN is_erased boolean NOT NULL DEFAULT false;
-- The keys of a row's requests begin so.
CREATE INDEX row_begins_keys ON importing.row ((source || '/' || table_name || '/' || row_id));
