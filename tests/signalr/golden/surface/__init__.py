"""The application that the recordings address: one hub for every corner of the hub framework."""
