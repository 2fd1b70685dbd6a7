"""Connections without a hub protocol: the same negotiation and transports, and a handler that gets the bytes."""
