"""The hubs of this service."""
