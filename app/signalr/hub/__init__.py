"""What a hub author sees: the hub, its clients, its context and its filters."""
