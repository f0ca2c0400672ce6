"""What every user of PostgreSQL here shares. Imports nothing of ours."""
