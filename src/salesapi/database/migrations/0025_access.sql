-- Principals and their API keys. Keys are 256 random bits, so their SHA-256 is stored and looked up; nothing slower is needed.
-- The application only reads: keys are made and revoked with the owner's role (`salesapi keys`).

CREATE SCHEMA access;
GRANT USAGE ON SCHEMA access TO salesapi_app;

CREATE TABLE access.principal (
    id         uuid        PRIMARY KEY,
    name       text        NOT NULL,
    roles      text[]      NOT NULL CHECK (cardinality(roles) > 0),
    member_id  uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE access.api_key (
    sha256       bytea       PRIMARY KEY,
    prefix       text        NOT NULL,
    principal_id uuid        NOT NULL REFERENCES access.principal (id),
    created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at   timestamptz,
    revoked_at   timestamptz
);

GRANT SELECT ON access.principal, access.api_key TO salesapi_app;
