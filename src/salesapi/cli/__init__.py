"""One command line: dev, serve, work, migrate, keys, import, export, rebuild, verify, encryption-keys, contracts."""
