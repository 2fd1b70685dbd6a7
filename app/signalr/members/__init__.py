"""All connections of one hub in this process: groups, users, and sending to any set of them."""
