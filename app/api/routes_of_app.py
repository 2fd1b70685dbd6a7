"""Routers whose routes an application takes over as its own."""

from copy import copy

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute, request_response


def add_routes(app: FastAPI, router: APIRouter) -> None:
    """Adds copies of the router's routes to the application, so that its `dependency_overrides` hold for them.

    `include_router` would match a request twice, first against the router and then against its routes.
    """
    for route in router.routes:
        if not isinstance(route, APIRoute):
            raise TypeError(f"{type(route).__name__} is not a route of FastAPI")
        app.router.routes.append(_copy(app, route))


def _copy(app: FastAPI, route: APIRoute) -> APIRoute:
    own = copy(route)
    own.dependency_overrides_provider = app
    own.app = request_response(own.get_route_handler())  # the handler keeps the provider that it was made with
    return own
