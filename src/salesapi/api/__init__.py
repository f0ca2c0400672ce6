"""The two doors, REST and GraphQL, and what they share: reading commands, problems, authentication, limits."""
