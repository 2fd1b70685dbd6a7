"""How hub messages become bytes, one file a protocol."""
