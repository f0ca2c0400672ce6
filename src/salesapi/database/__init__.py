"""PostgreSQL as everybody here speaks to it: connections, text, columns, migrations."""
