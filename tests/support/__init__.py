"""Helpers that the tests share: a PostgreSQL, migrated databases, a real server, official clients, a browser."""
