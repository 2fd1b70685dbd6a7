"""The engine, and a session for each request."""

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

url = os.environ["DATABASE_URL"]
# With SQLite's usual 5 seconds, 64 clients who all write are told that the database is locked.
connect_args = {"timeout": 30} if url.startswith("sqlite") else {}
engine = create_async_engine(url, connect_args=connect_args)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def get_session() -> AsyncIterator[AsyncSession]:
    """A session that ends with the request."""
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
