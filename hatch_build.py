"""The build hook: adds the page and the migrations to the wheel and to the source distribution.

npm builds the page if it does not exist yet. The source distribution contains the built page, so a wheel made from it
needs no Node. `SKIP_FRONTEND=1` builds without a page. An editable installation uses the page and the migrations of the
checkout, so the hook does nothing for it.
"""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("app", "static", "dist", "index.html")


class PageBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling runs before it collects the files of a wheel or of a source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds what is missing. Raises an error if npm is missing or fails."""
        if version == "editable":
            return
        if self.target_name == "wheel":
            build_data["force_include"]["migrations"] = "app/_migrations"
        root = Path(self.root)
        if os.environ.get("SKIP_FRONTEND") != "1" and not (root / PAGE).exists():
            build_page(root / "frontend")


def build_page(frontend: Path) -> None:
    """Builds the page from its sources with npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError("npm is needed to build the page; SKIP_FRONTEND=1 builds without one")
    subprocess.run([npm, "ci"], cwd=frontend, check=True)
    subprocess.run([npm, "run", "build"], cwd=frontend, check=True)
