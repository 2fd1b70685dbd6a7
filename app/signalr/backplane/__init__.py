"""The way to the other processes that serve the same hubs."""
