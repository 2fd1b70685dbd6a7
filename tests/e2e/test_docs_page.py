"""The page of the API in a real browser that reaches this server and nothing else."""

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.support.server import Adapter, LiveServer

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
    pytest.mark.parametrize("adapter", [Adapter.TAKEOVER], indirect=True),
]


async def isolated_page(chromium: Browser, server: LiveServer, faults: list[str]) -> Page:
    """A page that may load from the server only; what it tries elsewhere, and what goes wrong, is noted."""
    context = await chromium.new_context()

    async def refuse_others(route: Route) -> None:
        if route.request.url.startswith((server.url, "data:")):
            await route.continue_()
        else:
            faults.append(f"asked for {route.request.url}")
            await route.abort()

    await context.route("**/*", refuse_others)
    page = await context.new_page()
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("response", lambda answer: faults.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return page


async def test_the_docs_work_without_the_internet(demo_server: LiveServer, chromium: Browser, staff_token: str) -> None:
    faults: list[str] = []
    page = await isolated_page(chromium, demo_server, faults)
    await page.goto(f"{demo_server.url}/docs")
    await expect(page.locator(".title")).to_contain_text("Waybill")
    await expect(page.locator("#operations-orders-shipOrder")).to_be_visible()

    await page.get_by_role("button", name="Authorize").click()
    sign_in = page.locator(".modal-ux")
    await sign_in.locator("#oauth_username").fill("sam")
    await sign_in.locator("#oauth_password").fill("sam-demo-password")
    await sign_in.locator("button.authorize").click()
    await expect(sign_in.get_by_text("Logout")).to_be_visible()
    await sign_in.locator("button.btn-done").click()

    operation = page.locator("#operations-auth-getMe")
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Try it out").click()
    await operation.get_by_role("button", name="Execute").click()
    await expect(operation.locator(".live-responses-table tbody .response-col_status")).to_contain_text("200")
    assert faults == []


async def test_the_page_that_a_sign_in_elsewhere_returns_to_runs_its_script(
    demo_server: LiveServer, chromium: Browser
) -> None:
    faults: list[str] = []
    page = await isolated_page(chromium, demo_server, faults)
    loaded = await page.goto(f"{demo_server.url}/docs/oauth2-redirect?state=x&code=y")
    assert loaded is not None
    assert loaded.status == 200
    assert await page.evaluate("document.scripts[0].src") == f"{demo_server.url}/docs/ui/oauth2-redirect.js"
    # Without a page that opened it, the script stops here: proof that it was allowed to start.
    assert any("swaggerUIRedirectOauth2" in fault for fault in faults), faults
