-- Read models: the schema of their tables, the registry of the tables' generations, and where a projection stands still.
--
-- A generation is one table, `read.<name>_v<version>_g<generation>`, made by the owner's role when it migrates or rebuilds.
-- Queries read the view `read.<name>`, which shows the live generation. How far each generation has come stands in
-- log.tracking, under the table's name with its schema. Instants are this server's clock.

CREATE SCHEMA read;
GRANT USAGE ON SCHEMA read TO salesapi_app;

CREATE TABLE read.registry (
    name       text        NOT NULL,
    generation integer     NOT NULL CHECK (generation > 0),
    version    integer     NOT NULL CHECK (version > 0),
    table_name text        NOT NULL UNIQUE,
    columns    text        NOT NULL,  -- readable; compared whole, so that a change without a new version is noticed
    -- rebuilding: filled by a rebuild alone. following: kept up by followers, not shown yet. retired: was live, to be dropped.
    state      text        NOT NULL CHECK (state IN ('rebuilding', 'following', 'live', 'retired')),
    is_live    boolean     NOT NULL GENERATED ALWAYS AS (state = 'live') STORED,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    live_at    timestamptz,
    CONSTRAINT registry_generation PRIMARY KEY (name, generation)
);
-- One sequence for all: a dropped table's name never comes back, so a late follower of it cannot meet a new table.
CREATE SEQUENCE read.generation_number AS integer;
CREATE UNIQUE INDEX registry_one_is_live ON read.registry (name) WHERE is_live;

-- A projection that cannot apply the event at `position`. Nothing is skipped: it stands before that event and tries again.
-- `error` names the exception and the place in the program, never a value of the event.
CREATE TABLE read.stopped (
    name       text        NOT NULL,
    generation integer     NOT NULL,
    position   bigint      NOT NULL CHECK (position > 0),
    error      text        NOT NULL,
    since      timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT stopped_generation PRIMARY KEY (name, generation),
    CONSTRAINT stopped_is_registered FOREIGN KEY (name, generation) REFERENCES read.registry ON DELETE CASCADE
);

GRANT SELECT ON read.registry TO salesapi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON read.stopped TO salesapi_app;

-- Shows a generation to queries: true when it is live now, false when it may not be yet. It must be kept up by followers
-- and be no further back than the live one, so that no reader goes back in the log.
CREATE FUNCTION read.make_live(wanted_name text, wanted_generation integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
-- Whoever reads the view holds it: rather try again than queue every new reader behind a long report.
SET lock_timeout = '500ms'
AS $$
DECLARE
    wanted          read.registry;
    live            read.registry;
    live_position   bigint;
    wanted_position bigint;
BEGIN
    PERFORM FROM read.registry WHERE name = wanted_name ORDER BY generation FOR UPDATE;
    SELECT * INTO wanted FROM read.registry WHERE name = wanted_name AND generation = wanted_generation;
    IF wanted.state = 'live' THEN
        RETURN true;
    END IF;
    IF wanted.state IS DISTINCT FROM 'following' THEN
        RETURN false;
    END IF;

    SELECT * INTO live FROM read.registry WHERE name = wanted_name AND is_live;
    IF FOUND THEN
        -- Locked: the live generation stands still between this comparison and the swap.
        SELECT position INTO live_position FROM log.tracking WHERE follower = 'read.' || live.table_name FOR UPDATE;
        SELECT position INTO wanted_position FROM log.tracking WHERE follower = 'read.' || wanted.table_name;
        IF coalesce(wanted_position, 0) < coalesce(live_position, 0) THEN
            RETURN false;
        END IF;
        UPDATE read.registry SET state = 'retired' WHERE name = live.name AND generation = live.generation;
        IF live.columns <> wanted.columns THEN
            EXECUTE format('DROP VIEW read.%I', wanted.name);
        END IF;
    END IF;

    UPDATE read.registry SET state = 'live', live_at = clock_timestamp()
        WHERE name = wanted.name AND generation = wanted.generation;
    EXECUTE format('CREATE OR REPLACE VIEW read.%I AS SELECT * FROM read.%I', wanted.name, wanted.table_name);
    EXECUTE format('GRANT SELECT ON read.%I TO salesapi_app', wanted.name);
    RETURN true;
END
$$;

REVOKE ALL ON FUNCTION read.make_live FROM PUBLIC;
GRANT EXECUTE ON FUNCTION read.make_live TO salesapi_app;
