-- Principals and keys are facts in the log from here on. What stands in access.principal and access.api_key is stated there once by
-- `salesapi migrate`; afterwards nothing reads the two tables, which stay as they were, without the application's right to read.

REVOKE SELECT ON access.principal, access.api_key FROM salesapi_app;

-- The last use of each key: no fact, and no reason to write into a log that is kept for good.
CREATE TABLE access.api_key_use (
    api_key_id   uuid        PRIMARY KEY,
    last_used_at timestamptz NOT NULL
);
GRANT SELECT, INSERT, UPDATE ON access.api_key_use TO salesapi_app;

CREATE FUNCTION access.api_key_last_used_on(of_key uuid) RETURNS date
    LANGUAGE sql STABLE
    RETURN (SELECT (last_used_at AT TIME ZONE 'UTC')::date FROM access.api_key_use WHERE api_key_id = of_key);
