"""How hub messages become bytes: one file for each protocol."""
