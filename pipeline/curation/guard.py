"""Access control of the curation app, and the security headers of its answers.

The app listens on loopback, where any page in the same browser could reach it. So it answers only requests that name
its own Host, come from its own Origin, and carry the cookie that a browser got for the secret token in the address that
the terminal printed. Everything else is refused before the app sees it.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # without any, a form would be sent with the Origin "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_ENTER: Final = "/enter/"
# A page of the app's own leads on: a redirect of a link clicked elsewhere would go without the strict cookie.
_WELCOME: Final = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>coatmine</title>'
    '<link rel="icon" href="/static/icon.svg"><meta http-equiv="refresh" content="0; url=/">'
    '<p><a href="/">To the records</a></p></html>'
)


class Guard:
    """Lets requests through to an app that come from its own pages, in a browser that knew the token.

    Args:
        app: what is guarded.
        token: the secret in the address that lets a browser in.
        host: where the app is served, as ``127.0.0.1:PORT``.
    """

    def __init__(self, app: ASGIApp, token: str, host: str) -> None:
        self._app = app
        self._token = token
        self._host = host
        self._session = secrets.token_urlsafe(32)
        self._cookie = f"coatmine-{host.rpartition(':')[2]}"  # cookies are shared between a host's ports

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        answer = self._answer(scope)
        await (answer or self._app)(scope, receive, send_with_headers)

    def _answer(self, scope: Scope) -> Response | None:
        """What the guard itself answers; None for a request that may pass."""
        headers = Headers(scope=scope)
        path: str = scope["path"]
        reading = scope["method"] in {"GET", "HEAD"}
        if headers.get("host") != self._host:
            return PlainTextResponse("This address is not served here.", 421)
        if path.startswith(_ENTER) and reading:
            return self._let_in(path.removeprefix(_ENTER))
        own = f"http://{self._host}"
        if headers.get("origin", own if reading else "") != own:
            return PlainTextResponse("Refused: this request comes from another page.", 403)
        if headers.get("sec-fetch-site", "none") not in {"none", "same-origin"}:
            return PlainTextResponse("Refused: this request comes from another page.", 403)
        if not self._knows(headers.get("cookie", "")):
            return PlainTextResponse("Open the address that coatmine printed in the terminal.", 403)
        return None

    def _let_in(self, given: str) -> Response:
        if not secrets.compare_digest(given.encode(), self._token.encode()):
            return PlainTextResponse("Open the address that coatmine printed in the terminal.", 403)
        answer = HTMLResponse(_WELCOME)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict", path="/")
        return answer

    def _knows(self, cookie: str) -> bool:
        try:
            morsel = SimpleCookie(cookie).get(self._cookie)
        except CookieError:
            return False
        return morsel is not None and secrets.compare_digest(morsel.value.encode(), self._session.encode())
