"""PostgreSQL 18 and NATS JetStream, started from their wheels for `salesapi dev`, the demo and the tests."""
