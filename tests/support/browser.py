"""The real browser in which the tests open the page."""

import os

from playwright.async_api import Browser, Playwright

from tests.support.paths import NPM

HOME = NPM / "node_modules" / ".cache" / "chromium"


async def launch_chromium(playwright: Playwright) -> Browser:
    """Starts the Chromium of `tests/npm` with the libraries and the font that came with it."""
    executable = HOME / "chromium"
    if not executable.exists():
        raise RuntimeError(f"there is no browser at {executable}: run `make test` or `make npm`")
    return await playwright.chromium.launch(
        executable_path=executable,
        args=["--no-sandbox", "--disable-dev-shm-usage"],
        env={
            **os.environ,
            "LD_LIBRARY_PATH": str(HOME / "al2023" / "lib"),
            "FONTCONFIG_PATH": str(HOME / "fonts"),
        },
    )
