-- Keys of subjects, wrapped by a key-encryption key that is not in the database.
-- The application's role reads and inserts; destroying a key (wrapped_key := NULL) is left to the owner's role.

CREATE SCHEMA privacy;

CREATE TABLE privacy.subject_key (
  subject_id   uuid        NOT NULL,
  version      integer     NOT NULL CHECK (version > 0),
  kek_id       text        NOT NULL,
  wrapped_key  bytea,
  created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
  shredded_at  timestamptz,
  PRIMARY KEY (subject_id, version),
  -- A key is there or destroyed, never both: a half-erased subject cannot be stored.
  CHECK ((wrapped_key IS NULL) = (shredded_at IS NOT NULL))
);

-- Two living keys of one subject would split its values between them, and destroying one would erase only half.
CREATE UNIQUE INDEX subject_key_living ON privacy.subject_key (subject_id) WHERE shredded_at IS NULL;

GRANT USAGE ON SCHEMA privacy TO salesapi_app;
GRANT SELECT, INSERT ON privacy.subject_key TO salesapi_app;
