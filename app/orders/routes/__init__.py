"""The routes under ``/orders``."""

from app.orders.routes.endpoints import router

__all__ = ["router"]
