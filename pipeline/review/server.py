"""The curation app's addresses, and what guards them.

It listens on loopback only. Every address holds a secret token, so that no page elsewhere can know one; requests that
name another Host or come from another Origin are refused; nothing but the app's own files may act on its pages.
"""

from __future__ import annotations

import secrets
import socket
from collections.abc import Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, cast, get_args
from urllib.parse import parse_qs

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined

from pipeline.errors import CoatmineError, UsageError
from pipeline.export.passages import Passages, one_line
from pipeline.export.text import curie_url, doi_url
from pipeline.folder import RunFolder
from pipeline.records import FIELD_OF, FieldName, Mention
from pipeline.review.agreement import compare
from pipeline.review.desk import Desk, Item, Judged, RefusedError
from pipeline.review.output import write_curated
from pipeline.review.pages import Pictures, lines_of

_HERE: Final = files("pipeline.review")
_STATIC: Final = {"review.css": "text/css", "review.js": "text/javascript", "icon.svg": "image/svg+xml"}
_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # an address holds the token
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LONGEST: Final = 100_000  # bytes of a form
_FOUND: Final = 40

Next = Callable[[Request], Awaitable[Response]]


def serve(run_dir: Path | str, curator: str, *, port: int = 0, adjudicate: bool = False) -> None:
    """Serve the curation app on this machine until interrupted, and say where.

    Args:
        run_dir: what ``coatmine extract`` wrote; decisions are kept in its decisions.jsonl.
        curator: under which name.
        port: 0 takes a free one.
        adjudicate: decide between curators: their decisions are shown, and this one holds.

    Raises:
        UsageError: the folder is no run's, the curator has no name, or the port is taken.
    """
    import typer
    import uvicorn

    desk = Desk(RunFolder(Path(run_dir)), curator, adjudicate=adjudicate)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        raise UsageError(f"--port {port}: cannot be used ({error.strerror}); give another, or none") from error
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    token = secrets.token_urlsafe(24)
    typer.echo(f"open http://{host}/{token}/ (only on this machine; stop with Ctrl-C)")
    # no access log: it would hold the token
    config = uvicorn.Config(make_app(desk, token, host), log_level="warning", access_log=False, server_header=False)
    uvicorn.Server(config).run(sockets=[listener])


def make_app(desk: Desk, token: str, host: str) -> FastAPI:
    """The app for one curator, reached as ``http://HOST/TOKEN/``."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.middleware("http")
    async def guard(request: Request, call_next: Next) -> Response:
        response = _refused(request, host) or await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.exception_handler(CoatmineError)
    async def tell(_: Request, error: CoatmineError) -> Response:
        return PlainTextResponse(str(error), 409 if isinstance(error, RefusedError) else 500)

    def known(given: str) -> None:
        if not secrets.compare_digest(given.encode(), token.encode()):
            raise HTTPException(404)

    _add_views(app, _Views(desk), Depends(known))
    return app


def _refused(request: Request, host: str) -> Response | None:
    """What to answer a request that did not come from the app's own pages."""
    if request.headers.get("host") != host:
        return PlainTextResponse("this address is not served here", 421)
    if request.headers.get("origin", f"http://{host}") != f"http://{host}":
        return PlainTextResponse("not from there", 403)
    if request.headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
        return PlainTextResponse("not from there", 403)
    return None


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise HTTPException(413)
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


def _offset(form: dict[str, str], name: str) -> int:
    given = form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


Form = Annotated[dict[str, str], Depends(_form)]


def _add_views(app: FastAPI, views: _Views, known: Any) -> None:
    def get(path: str, view: Callable[..., Response]) -> None:
        app.get("/{given}" + path, dependencies=[known], response_model=None)(view)

    def post(path: str, view: Callable[..., Response]) -> None:
        app.post("/{given}" + path, dependencies=[known], response_model=None)(view)

    get("/", views.queue)
    get("/record/{record_id}", views.record)
    get("/record/{record_id}/find", views.find)
    get("/record/{record_id}/page/{number}", views.page)
    get("/agreement", views.agreement)
    get("/static/{name}", views.static)
    post("/record/{record_id}/decide", views.decide)
    post("/record/{record_id}/add", views.add)
    post("/record/{record_id}/undo", views.undo)
    post("/curated", views.curated)


class _Views:
    """What each address answers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._pictures = Pictures()
        self._templates = Environment(
            loader=FunctionLoader(lambda name: (_HERE / "templates" / name).read_text(encoding="utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(desk=desk, curie_url=curie_url, doi_url=doi_url)

    def queue(self) -> Response:
        items = self._desk.queue()
        done = {item.record.id for item in items if self._desk.is_done(item.record.id)}
        minutes = self._desk.minutes()
        papers = {item.record.document_id: item for item in items}
        return self._html("queue.html.jinja", items=items, done=done, minutes=minutes, papers=papers)

    def record(self, record_id: str) -> Response:
        item = self._item(record_id)
        self._desk.opened()
        document = self._desk.document(item.record.document_id)
        queue = [each.record.id for each in self._desk.queue()]
        after = queue[(queue.index(record_id) + 1) % len(queue)]
        pages = [(page, lines_of(document, page)) for page in document.pages]
        blocks = [] if pages else [(block.start, document.text[block.start : block.end]) for block in document.blocks]
        return self._html("record.html.jinja", pages=pages, blocks=blocks, after=after, **self._fields(item))

    def decide(self, record_id: str, form: Form) -> Response:
        item = self._item(record_id)
        allowed = {"action", "field", "key", "name", "curie", "reason"}
        what: dict[str, Any] = {name: value for name, value in form.items() if name in allowed and value}
        if what.get("action") not in {"accept", "correct", "reject", "empty"}:
            raise RefusedError("there is no such decision")
        if what["action"] == "correct":
            what["name"] = " ".join(what.get("name", "").split()) or None
        self._desk.decide(record_id, **what)
        return self._fragment(item)

    def add(self, record_id: str, form: Form) -> Response:
        item = self._item(record_id)
        field = form.get("field", "")
        if field not in get_args(FieldName):
            raise RefusedError("choose the field first")
        start, end = _offset(form, "start"), _offset(form, "end")
        name, curie = form.get("name", ""), form.get("curie") or None
        self._desk.add(record_id, cast(FieldName, field), name, curie, start, end)
        return self._fragment(item)

    def undo(self, record_id: str) -> Response:
        item = self._item(record_id)
        self._desk.undo(record_id)
        return self._fragment(item)

    def find(self, record_id: str, q: str = "") -> Response:
        """Where words stand in the document: the keyboard's way to a place on the page."""
        item = self._item(record_id)
        document = self._desk.document(item.record.document_id)
        passages = Passages(document)
        found: list[tuple[int, int, str, str, str]] = []
        folds_even = len(document.text.casefold()) == len(document.text)
        text, wanted = (document.text.casefold(), q.casefold()) if folds_even else (document.text, q)
        at = text.find(wanted) if q.strip() else -1
        while at >= 0 and len(found) < _FOUND:
            end = at + len(wanted)
            start_of, end_of = passages.around(at, end)
            around = one_line(document.text[start_of:at]), one_line(document.text[end:end_of])
            found.append((at, end, around[0], document.text[at:end], around[1]))
            at = text.find(wanted, end)
        return self._html("found.html.jinja", found=found, query=q)

    def page(self, record_id: str, number: int) -> Response:
        item = self._item(record_id)
        # as it was given: from where the app runs, else from beside the run's folder
        source = Path(item.extraction.outcome.source)
        sources = [source, self._desk.folder.path.resolve().parent / source]
        picture = self._pictures.page(self._desk.document(item.record.document_id), sources, number)
        if picture is None:
            raise HTTPException(404)
        return Response(picture, media_type="image/webp")

    def agreement(self) -> Response:
        found = compare((item.record for item in self._desk.queue()), self._desk.log())
        return self._html("agreement.html.jinja", found=found)

    def curated(self) -> Response:
        written = write_curated(self._desk, self._desk.folder.path / "curated")
        return self._html("curated.html.jinja", written=written)

    def static(self, name: str) -> Response:
        if name not in _STATIC:
            raise HTTPException(404)
        return Response((_HERE / "static" / name).read_bytes(), media_type=_STATIC[name])

    def _item(self, record_id: str) -> Item:
        try:
            return self._desk.item(record_id)
        except KeyError as error:
            raise HTTPException(404) from error

    def _html(self, template: str, **about: Any) -> Response:
        return HTMLResponse(self._templates.get_template(template).render(**about))

    def _fragment(self, item: Item) -> Response:
        return self._html("fields.html.jinja", **self._fields(item))

    def _fields(self, item: Item) -> dict[str, Any]:
        desk, record_id = self._desk, item.record.id
        document = desk.document(item.record.document_id)
        passages = Passages(document)
        mentions = {mention.id: mention for mention in item.extraction.mentions}

        def places(judged: Judged) -> list[dict[str, Any]]:
            if judged.merged:
                spans = [(mentions[key].start, mentions[key].end) for key in judged.merged.evidence if key in mentions]
            elif judged.decision and judged.decision.start is not None and judged.decision.end is not None:
                spans = [(judged.decision.start, judged.decision.end)]
            else:
                spans = []
            return [self._place(document, passages, start, end) for start, end in spans]

        def of_mention(mention: Mention) -> dict[str, Any]:
            return self._place(document, passages, mention.start, mention.end)

        judged = desk.judged(record_id)
        others = desk.on(record_id) if desk.adjudicates else []
        return {
            "item": item,
            "judged": [(each, places(each)) for each in judged],
            "empty": desk.empty(record_id),
            "unclaimed": [(FIELD_OF[m.label], m, of_mention(m)) for m in desk.unclaimed(record_id)],
            "done": desk.is_done(record_id),
            "others": [d for d in others if d.curator != desk.curator and d.action != "undo"],
        }

    def _place(self, document: Any, passages: Passages, start: int, end: int) -> dict[str, Any]:
        first, last = passages.around(start, end)
        return {
            "start": start,
            "end": end,
            "before": one_line(passages.text(first, start)),
            "words": passages.text(start, end),
            "after": one_line(passages.text(end, last)),
            "boxes": [list(box) for box in document.boxes(start, end)],
        }
