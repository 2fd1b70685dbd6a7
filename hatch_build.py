"""The build hook: puts the page and the migrations into what is built.

The page is built by npm unless it is there already, so a wheel made from the source distribution, which
carries the built page, needs no Node. ``SKIP_FRONTEND=1`` builds without a page; an editable
installation takes the page and the migrations from the checkout and leaves both alone.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("app", "static", "dist", "index.html")


class PageBuildHook(BuildHookInterface[Any]):
    """Runs before the files of a wheel or of a source distribution are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Complete the tree; raises when npm is missing or fails."""
        if version == "editable":
            return
        if self.target_name == "wheel":
            build_data["force_include"]["migrations"] = "app/_migrations"
        root = Path(self.root)
        if os.environ.get("SKIP_FRONTEND") != "1" and not (root / PAGE).exists():
            build_page(root / "frontend")


def build_page(frontend: Path) -> None:
    """Build the page from its sources with npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed to build the page; SKIP_FRONTEND=1 builds without one")
    subprocess.run([npm, "ci"], cwd=frontend, check=True)
    subprocess.run([npm, "run", "build"], cwd=frontend, check=True)
