"""Values: what a client sent becomes typed Python objects, and Python objects become what a protocol writes."""
