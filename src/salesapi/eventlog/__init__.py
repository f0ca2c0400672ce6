"""The event log: its contract (`recorder.py`), its PostgreSQL adapter, its twin in memory, and its migrations."""
