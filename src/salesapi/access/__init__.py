"""Who may do what: principals with roles and permissions, API keys, and the row scope of every read and write."""
