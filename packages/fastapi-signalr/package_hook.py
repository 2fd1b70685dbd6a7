"""The build hook: takes the package from `app/signalr` of the checkout, under the name `fastapi_signalr`.

A source distribution has the package under that name already, so a wheel is built from it without the checkout.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "fastapi_signalr"


class PackageBuildHook(BuildHookInterface[Any]):
    """Runs before the files of a wheel or of a source distribution are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the package. Raises RuntimeError for an editable installation, and outside of a checkout."""
        if version == "editable":
            raise RuntimeError(f"{PACKAGE} cannot be editable: in the checkout, it is the package app.signalr")
        root = Path(self.root)
        if (root / PACKAGE).is_dir():
            return
        source = root.parents[1] / "app" / "signalr"
        if not source.is_dir():
            raise RuntimeError(f"{source} is missing: build from a checkout or from a source distribution")
        build_data["force_include"][str(source)] = PACKAGE
