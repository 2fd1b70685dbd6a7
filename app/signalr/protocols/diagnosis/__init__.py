"""A second look at messages that a fast decoder has refused: what is wrong with them, in the words of ASP.NET Core.

Nothing here runs for a hub message that is in order. What is checked of every message is in `protocols.guards`.
Handshake requests are always read this way: there is one for each connection.
"""
