"""The order service as it is usually written: FastAPI, Pydantic and the async ORM of SQLAlchemy.

It follows the documentation of both: a session for each request as a dependency, mapped classes with relationships
that are loaded with the order, response models that are read from their attributes, a bearer token that each request
verifies, and a connection manager for WebSockets. It works on the tables of the migrations, and answers like the
service that it is measured against.
"""
