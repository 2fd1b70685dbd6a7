"""What the `type` of a problem opens as: a short page for people, the same as JSON for programs."""

from html import escape

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from app.api.negotiation import prefers_html
from app.api.problems.kinds import KINDS, Kind
from app.api.problems.refusals import nothing_at

router = APIRouter(prefix="/problems", include_in_schema=False)


@router.get("")
async def list_kinds(request: Request) -> Response:
    """Every kind of problem."""
    if prefers_html(request.scope):
        items = "".join(
            f'<li><a href="problems/{kind.slug}">{escape(_heading(kind))}</a></li>' for kind in KINDS.values()
        )
        return _page("Problems", f"<p>What the service answers when it refuses a request.</p><ul>{items}</ul>", "")
    return JSONResponse({"items": [_as_json(kind) for kind in KINDS.values()]})


@router.get("/{slug}")
async def show_kind(slug: str, request: Request) -> Response:
    """One kind of problem: what it means and what to do."""
    wants_page = prefers_html(request.scope)
    kind = KINDS.get(slug)
    if kind is None:
        raise nothing_at(request.url.path)
    if not wants_page:
        return JSONResponse(_as_json(kind))
    text = (
        f"<p>{escape(kind.meaning)}</p><h2>What to do</h2><p>{escape(kind.remedy)}</p>"
        f'<p><code>{kind.type}</code> · <a href="../problems">All problems</a></p>'
    )
    return _page(_heading(kind), text, "../")


def _heading(kind: Kind) -> str:
    return f"{kind.status}: {kind.title}" if kind.status else kind.title


def _as_json(kind: Kind) -> dict[str, str | int | None]:
    return {
        "type": kind.type,
        "title": kind.title,
        "status": kind.status,
        "meaning": kind.meaning,
        "whatToDo": kind.remedy,
    }


def _page(heading: str, text: str, root: str) -> HTMLResponse:
    title = escape(heading)
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<link rel="stylesheet" href="{root}docs/ui/problems.css"><link rel="icon" href="{root}favicon.svg">'
        f"<title>{title} · Waybill</title></head><body><main><h1>{title}</h1>{text}</main></body></html>\n"
    )
