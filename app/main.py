"""The application: `create_app(settings)` wires the parts; `app` is what uvicorn imports."""

from collections.abc import Callable
from functools import partial
from typing import Any

from broadcaster import Broadcast
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp

from app import __version__
from app.api import demo, health
from app.api.auth import routes as auth_routes
from app.api.docs.asyncapi import add_asyncapi
from app.api.docs.page import add_docs_page
from app.api.middleware.request import RequestMiddleware
from app.api.orders import routes as order_routes
from app.api.orders.problems import install_order_problems
from app.api.pages import add_pages
from app.api.problems import install_problem_handlers
from app.api.problems import pages as problem_pages
from app.api.routes_of_app import add_routes
from app.auth.accounts import Users
from app.auth.passwords import Passwords
from app.auth.tokens import Tokens
from app.config.logging import configure_logging, route_to_stdlib
from app.config.settings import Settings, load_settings
from app.db.database import Database
from app.db.serving_lock import ServingLock
from app.hubs.access import authenticate_connection
from app.hubs.chat import ChatHub
from app.hubs.orders import OrderHub
from app.hubs.secure import SecureHub
from app.signalr import EndpointOptions, Hub, add_signalr, map_hub
from app.startup import Service, lifespan

HUBS: dict[str, type[Hub[Any]]] = {"/hubs/orders": OrderHub, "/chathub": ChatHub, "/securehub": SecureHub}
_DESCRIPTION = """\
Order tracking with live push. Sign in with **Authorize** (or `POST /auth/token`), change an order here, and every
client of the hub at `/hubs/orders` that may see it is told at once. Every refusal is a problem (RFC 9457).
The hubs are described at `/asyncapi.json`.
"""
_TAGS = [
    {"name": "orders", "description": "Orders, their life cycle and their timeline"},
    {"name": "auth", "description": "Sign-in and the account of the token"},
    {"name": "demo", "description": "The sign-ins of the demo"},
    {"name": "health", "description": "Probes for the operators of the service"},
]


def create_app(settings: Settings | None = None, serving_lock: ServingLock | None = None) -> FastAPI:
    """Returns a complete service. Two of them in one process share nothing but the process.

    `state` holds `settings`, `database`, `serving_lock`, `tokens`, `users` and `signalr`. The database is first
    touched when the application starts. It does not start if the schema is not the one of this version, or if another
    process serves the database; `serving_lock` is the lock of a caller that holds it already.
    """
    settings = settings or load_settings()
    route_to_stdlib()
    app = Service(
        title="Waybill",
        version=__version__,
        description=_DESCRIPTION,
        openapi_tags=_TAGS,
        lifespan=lifespan,
    )
    _add_services(app, settings, serving_lock)
    _add_routes(app)
    _add_hubs(app, settings)
    _add_middleware(app, settings)
    return app


def _add_services(app: FastAPI, settings: Settings, serving_lock: ServingLock | None) -> None:
    app.state.settings = settings
    app.state.database = Database(settings.database_url, pool_size=settings.database_pool_size)
    app.state.serving_lock = serving_lock or ServingLock(settings.database_url)
    app.state.tokens = Tokens.of(settings)
    app.state.users = Users(app.state.database, Passwords.of(settings))


def _add_hubs(app: FastAPI, settings: Settings) -> None:
    add_signalr(app, authenticate=authenticate_connection, broadcast=Broadcast(settings.broadcast_url))
    # A token that expires ends its sockets, whose clients may come back with a new one.
    endpoint = EndpointOptions(allow_stateful_reconnects=True, close_on_authentication_expiration=True)
    for path, hub in HUBS.items():
        map_hub(app, path, hub, endpoint=endpoint)


def _add_routes(app: FastAPI) -> None:
    add_pages(app)
    for routes in (order_routes, auth_routes, demo, health, problem_pages):
        add_routes(app, routes.router)
    add_asyncapi(app)
    add_docs_page(app)
    install_problem_handlers(app)
    install_order_problems(app)


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(
        RequestMiddleware,
        body_limit=settings.max_body_bytes,
        exempt=tuple(HUBS),
        cors=_cors(settings) if settings.cors_origins else None,
    )


def _cors(settings: Settings) -> Callable[[ASGIApp], ASGIApp]:
    return partial(
        CORSMiddleware,
        allow_origins=settings.cors_origins,
        allow_credentials=True,
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        expose_headers=["ETag", "Location", "Retry-After", "WWW-Authenticate", "X-Request-ID"],
        max_age=3600,
    )


def __getattr__(name: str) -> Any:
    """Builds `app` when a server asks for it, so that importing `create_app` builds nothing."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    settings = load_settings()
    configure_logging(settings)
    application = globals()["app"] = create_app(settings)
    return application
