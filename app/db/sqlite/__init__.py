"""SQLite: one file, one writer thread, and reader threads."""
