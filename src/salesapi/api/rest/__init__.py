"""The REST door: OpenAPI 3.1, problem+json, keyset pages."""
