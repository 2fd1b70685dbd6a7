"""Hubs as data, as TypeScript and as AsyncAPI."""
