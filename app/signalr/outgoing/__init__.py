"""Messages on their way to clients: encoded, queued, written, and kept for clients that may come back."""
