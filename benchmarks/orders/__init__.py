"""What a request to the order service costs: its database, the services to measure, the load, and the scenarios."""
