"""The HTTP routes of the curation app, and its server on loopback."""

from __future__ import annotations

import secrets
import socket
import webbrowser
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Literal, get_args
from urllib.parse import parse_qs

import typer
import uvicorn
from fastapi import Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp

from pipeline.curation.guard import Guard
from pipeline.curation.output import write_curated
from pipeline.curation.session import RefusedError, Session
from pipeline.curation.views import Views
from pipeline.errors import CoatmineError, UsageError
from pipeline.export import publish
from pipeline.folder import RunFolder
from pipeline.records import FieldName, Missing

_STATIC: Final = {"curation.css": "text/css", "curation.js": "text/javascript", "icon.svg": "image/svg+xml"}
_LONGEST: Final = 100_000  # bytes of a form
Fields = dict[str, str]


def serve(
    run_dir: Path | str,
    curator: str,
    *,
    port: int = 0,
    adjudicate: bool = False,
    listen: str = "127.0.0.1",
    papers: Path | str | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the curation app on this machine until interrupted, and print the address that lets a browser in.

    At the end the run's products are written again, with the decisions that were taken.

    Args:
        run_dir: what ``coatmine extract`` wrote; decisions are kept in its decisions.jsonl.
        curator: under which name.
        port: Port; 0 takes a free one.
        adjudicate: settle what others disagree on: their decisions are shown, and this curator's hold.
        listen: the address to listen on; in a container 0.0.0.0, its port published to 127.0.0.1 and nowhere else.
        papers: a folder to look for the papers in, where they are no longer where the run read them.
        open_browser: open the address as well.

    Raises:
        UsageError: the folder is no run's, the curator has no name, or the port is taken.
    """
    session = Session(
        RunFolder(Path(run_dir)), curator, adjudicate=adjudicate, sources=Path(papers) if papers else None
    )
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((listen, port))
        listener.listen()  # before the address is told: who comes early waits, and is not refused
    except OSError as error:
        raise UsageError(f"--port {port} on {listen}: cannot be used ({error.strerror}); give another") from error
    host = f"127.0.0.1:{listener.getsockname()[1]}"
    token = secrets.token_urlsafe(24)
    address = f"http://{host}/enter/{token}"
    typer.echo(
        f"{session.curator}: open {address}\nIt works on this machine only. Stop with Ctrl-C; decisions are kept."
    )
    if open_browser:
        webbrowser.open(address)
    # no access log: it would hold the token
    config = uvicorn.Config(
        make_app(session, token, host), log_level="warning", access_log=False, server_header=False, ws="none"
    )
    before = len(session.log.all())
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        if len(session.log.all()) > before:
            typer.echo("writing the tables, the report and the exports with your decisions ...")
            typer.echo(publish(run_dir).as_text())


def make_app(session: Session, token: str, host: str) -> ASGIApp:
    """The app for one curator; a browser gets in by ``http://HOST/enter/TOKEN``."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)

    @app.exception_handler(CoatmineError)
    async def tell(_: Request, error: CoatmineError) -> Response:
        return PlainTextResponse(str(error), 409 if isinstance(error, RefusedError) else 500)

    views = Views(session)
    _add_pages(app, session, views)
    _add_decisions(app, session, views)
    return Guard(app, token, host)


async def _form(request: Request) -> Fields:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _LONGEST:
            raise HTTPException(413)
    return {name: values[-1] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}


Form = Annotated[Fields, Depends(_form)]


def _add_pages(app: FastAPI, session: Session, views: Views) -> None:
    """What is looked at."""

    @app.get("/")
    def queue(show: Annotated[Literal["", "opposed"], Query()] = "") -> Response:
        session.refresh()
        return views.queue(opposed=show == "opposed")

    @app.get("/agreement")
    def agreement() -> Response:
        session.refresh()
        return views.agreement()

    @app.get("/record/{record_id}")
    def record(record_id: str) -> Response:
        session.refresh()
        _known(session, record_id)
        session.opened()
        return views.record(record_id)

    @app.get("/record/{record_id}/find")
    def find(record_id: str, q: str = "") -> Response:
        _known(session, record_id)
        return views.found(record_id, q)

    @app.get("/record/{record_id}/lines/{number}")
    def lines(record_id: str, number: int) -> Response:
        _known(session, record_id)
        return views.lines(record_id, number)

    @app.get("/record/{record_id}/picture/{number}")
    def picture(record_id: str, number: int) -> Response:
        _known(session, record_id)
        return views.picture(record_id, number)

    @app.get("/static/{name}")
    def static(name: str) -> Response:
        if name not in _STATIC:
            raise HTTPException(404)
        return Response((files("pipeline.curation") / "static" / name).read_bytes(), media_type=_STATIC[name])


def _add_decisions(app: FastAPI, session: Session, views: Views) -> None:
    """What is decided: each answers with the record's fields, or, for a browser without scripts, leads to the page."""

    @app.post("/record/{record_id}/{action}")
    def decide(request: Request, record_id: str, action: str, form: Form) -> Response:
        _known(session, record_id)
        act = _ACTIONS.get(action)
        if act is None:
            raise HTTPException(404)
        stated = act(session, record_id, form)
        if "x-fragment" in request.headers:
            return views.fields(record_id, stated)
        return RedirectResponse(f"/record/{record_id}", 303)

    @app.post("/curated")
    def curated() -> Response:
        session.refresh()
        return views.curated(write_curated(session, session.folder.path / "curated"))


def _accept(session: Session, record_id: str, form: Fields) -> str:
    session.accept(record_id, _field(form), form.get("key", ""))
    return "accepted"


def _reject(session: Session, record_id: str, form: Fields) -> str:
    session.reject(record_id, _field(form), form.get("key", ""))
    return "rejected"


def _reject_unclaimed(session: Session, record_id: str, _: Fields) -> str:
    session.reject_unclaimed(record_id)
    return "none of the names left is this study's"


def _not_about(session: Session, record_id: str, _: Fields) -> str:
    session.not_about(record_id)
    return "not about a coated particle: nothing in this record holds"


def _correct(session: Session, record_id: str, form: Fields) -> str:
    session.correct(record_id, _field(form), form.get("key", ""), form.get("name", ""), form.get("curie"))
    return "corrected"


def _explain(session: Session, record_id: str, form: Fields) -> str:
    for reason in get_args(Missing):
        if reason == form.get("reason"):
            session.explain(record_id, _field(form), reason)
            return "explained"
    raise RefusedError("say whether the field is not reported or not found")


def _add(session: Session, record_id: str, form: Fields) -> str:
    place = _offset(form, "start"), _offset(form, "end")
    session.add(record_id, _field(form), form.get("name", ""), form.get("curie"), *place)
    return "added"


def _undo(session: Session, record_id: str, _: Fields) -> str:
    return "undone" if session.undo(record_id) else "there is nothing to undo"


_ACTIONS: Final[dict[str, Callable[[Session, str, Fields], str]]] = {
    "accept": _accept,
    "reject": _reject,
    "reject-unclaimed": _reject_unclaimed,
    "not-about": _not_about,
    "correct": _correct,
    "explain": _explain,
    "add": _add,
    "undo": _undo,
}
"""What may be posted about a record; each tells in a word what was done."""


def _known(session: Session, record_id: str) -> None:
    try:
        session.item(record_id)
    except KeyError as error:
        raise HTTPException(404) from error


def _field(form: Fields) -> FieldName:
    for each in get_args(FieldName):
        if each == form.get("field"):
            field: FieldName = each
            return field
    raise RefusedError("choose the field first")


def _offset(form: Fields, name: str) -> int:
    given = form.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
