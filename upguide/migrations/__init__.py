"""The history of the database, and what its steps share."""
