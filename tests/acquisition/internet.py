"""The services and hosts that papers are acquired from, on loopback, with their faults."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.acquisition import AcquisitionSettings, Services

PDF = b"%PDF-1.7\n" + b"0123456789" * 2000 + b"\n%%EOF\n"
JATS = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2 20190208//EN" "jats.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ali="http://www.niso.org/schemas/ali/1.0/">
<front><article-meta><permissions><license>
<ali:license_ref>https://creativecommons.org/licenses/by/4.0/</ali:license_ref></license></permissions></article-meta>
</front><body><p>Membranes were coated onto cores&nbsp;&#8211; gently.</p></body></article>
"""

Page = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Seen:
    """A request that arrived."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    at: float


class Internet:
    """A server whose pages are set by the test; what is not set is not found."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.pages: dict[str, Page] = {}
        self._faults: defaultdict[str, deque[Page]] = defaultdict(deque)
        internet = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                url = urlsplit(self.path)
                internet.seen.append(Seen(url.path, parse_qs(url.query), dict(self.headers), time.monotonic()))
                faults = internet._faults[url.path]
                page = faults.popleft() if faults else internet.pages.get(url.path, answer(404))
                page(self)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that hangs up is what some tests want

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()
        self.port = self._server.server_port
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.host}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def settings(self, **changes: Any) -> AcquisitionSettings:
        services = Services(
            crossref=f"{self.url}/crossref",
            europe_pmc=f"{self.url}/europepmc",
            pmc_ids=f"{self.url}/idconv/",
            pmc_files=f"{self.url}/pmc",
            unpaywall=f"{self.url}/unpaywall",
        )
        wanted = {"email": "reader@lab.example", "private_hosts": (self.host,), "interval": 0, "backoff": 0.01}
        return AcquisitionSettings(services=services, **{**wanted, **changes})

    def requests(self, path: str) -> list[Seen]:
        return [seen for seen in self.seen if seen.path == path]

    def first(self, path: str, *faults: Page) -> None:
        """Let the next requests of a page meet these."""
        self._faults[path].extend(faults)

    def crossref(self, doi: str, **message: Any) -> None:
        known = {"title": ["A coated particle"], "container-title": ["J. Coats"], "issued": {"date-parts": [[2021, 5]]}}
        self.pages[f"/crossref/works/{doi}"] = answer_json({"status": "ok", "message": {**known, **message}})

    def europe_pmc(self, doi: str, jats: bytes | None = JATS, pmcid: str = "PMC77", **changes: Any) -> str:
        """Let Europe PMC hold a paper, by default openly; the path of its JATS."""
        paper = {"doi": doi.upper(), "pmcid": pmcid, "isOpenAccess": "Y", "license": "cc by", "pubYear": "2021"}
        result = {"hitCount": 1, "resultList": {"result": [{**paper, **changes}]}}
        self.pages["/europepmc/search"] = answer_json(result)
        path = f"/europepmc/{pmcid}/fullTextXML"
        if jats is not None:
            self.pages[path] = file(jats)
        return path

    def pmc(self, doi: str, pmcid: str = "PMC77", **article: Any) -> None:
        """Let PMC's article datasets hold a paper in its second version."""
        self.pages["/idconv/"] = answer_json({"status": "ok", "records": [{"doi": doi, "pmcid": pmcid, "pmid": 7}]})
        self.pages["/pmc/"] = answer(200, LISTING.replace(b"PMC77", pmcid.encode()), "application/xml")
        known = {"pmcid": pmcid, "version": 2, "doi": doi, "license_code": "CC BY-NC", "is_manuscript": False}
        self.pages[f"/pmc/metadata/{pmcid}.2.json"] = answer_json({**known, **article})

    def unpaywall(self, doi: str, *locations: dict[str, Any]) -> None:
        best = locations[0] if locations else None
        known = {"doi": doi, "is_oa": bool(locations), "best_oa_location": best, "oa_locations": list(locations)}
        self.pages[f"/unpaywall/{doi}"] = answer_json(known)

    def open_pdf(self, doi: str, path: str = "/paper.pdf", page: Page | None = None) -> str:
        """Let Unpaywall alone know a paper, at this path; the path."""
        self.crossref(doi)
        self.pages["/europepmc/search"] = answer_json({"hitCount": 0, "resultList": {"result": []}})
        self.pages["/idconv/"] = answer_json({"status": "ok", "records": [{"doi": doi, "status": "error"}]})
        self.unpaywall(doi, location(f"{self.url}{path}"))
        self.pages[path] = page or file(PDF)
        return path


LISTING = b"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>pmc-oa-opendata</Name><Prefix>PMC77.</Prefix>
<CommonPrefixes><Prefix>PMC77.1/</Prefix></CommonPrefixes><CommonPrefixes><Prefix>PMC77.2/</Prefix></CommonPrefixes>
</ListBucketResult>"""


def location(url: str | None, **changes: Any) -> dict[str, Any]:
    """A place where Unpaywall found a copy."""
    return {"url_for_pdf": url, "license": "cc-by", "version": "acceptedVersion", "host_type": "repository", **changes}


def answer(status: int, body: bytes = b"", kind: str = "text/plain", **headers: str) -> Page:
    """A page with these bytes; an underscore in a header's name stands for a hyphen."""

    def page(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.end_headers()
        request.wfile.write(body)

    return page


def answer_json(value: Any) -> Page:
    return answer(200, json.dumps(value).encode(), "application/json")


def redirect(location: str) -> Page:
    return answer(302, Location=location)


def file(body: bytes, etag: str = '"one"') -> Page:
    """A file as S3 and most hosts serve it: with a strong mark, and in part where the mark still holds."""

    def page(request: BaseHTTPRequestHandler) -> None:
        part = request.headers.get("Range", "")
        if not part or request.headers.get("If-Range") != etag:
            return answer(200, body, "application/octet-stream", ETag=etag)(request)
        start = int(part.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            return answer(416)(request)
        where = f"bytes {start}-{len(body) - 1}/{len(body)}"
        return answer(206, body[start:], "application/octet-stream", ETag=etag, Content_Range=where)(request)

    return page


def broken_off(body: bytes, sent: int, etag: str = '"one"') -> Page:
    """A file that breaks off after so many bytes."""

    def page(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Length", str(len(body)))
        request.send_header("ETag", etag)
        request.end_headers()
        request.wfile.write(body[:sent])
        request.close_connection = True
        request.connection.shutdown(socket.SHUT_WR)
        request.connection.settimeout(5)
        request.connection.recv(1)  # until the client has read it all: a close at once may take back what was sent

    return page


def endless(chunk: bytes, pause: float = 0.0, headers: bool = False) -> Page:
    """An answer without an end, its length not stated: its headers, or else its body."""

    def page(request: BaseHTTPRequestHandler) -> None:
        if not headers:
            request.send_response(200)
            request.send_header("Connection", "close")
            request.end_headers()
        else:
            request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        while True:
            request.wfile.write(chunk)
            request.wfile.flush()
            time.sleep(pause)

    return page
