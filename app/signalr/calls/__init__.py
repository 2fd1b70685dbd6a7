"""Calls of hub methods: finding the method, supplying its dependencies, running it, answering the client."""
