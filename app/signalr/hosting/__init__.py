"""Hubs in a web application: mapping, negotiation, the requests of each transport, and the server behind them."""
