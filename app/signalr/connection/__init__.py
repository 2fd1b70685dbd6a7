"""One connection: the states of its life, the messages it reads, and the calls that come in on it."""
