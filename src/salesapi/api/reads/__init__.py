"""What can be read, declared once: each list and each single thing that REST and GraphQL answer alike."""
