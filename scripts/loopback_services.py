"""The services that `coatmine watch` and `acquire` ask, on loopback, with invented papers that appear day by day.

    python scripts/loopback_services.py --config demo.toml

serves until Ctrl-C, and writes the settings that send coatmine there.

    python scripts/loopback_services.py --go-to 2

makes it day 2 at the services that run: a new paper is published and one is retracted. On day 3 another is published,
one is corrected, and one is opened. For trying out and for tests; no real paper, author or journal is among them.
"""

from __future__ import annotations

import argparse
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from urllib.request import urlopen
from xml.sax.saxutils import escape


@dataclass(frozen=True)
class Invented:
    """A paper that never was: what the services know of it, and from which day on.

    ``notices`` are day, Crossref's type of update, Europe PMC's type of link, and the notice's DOI.
    """

    number: int
    title: str
    body: str
    day: int = 1
    opened: int | None = 1
    references: tuple[int, ...] = ()
    notices: tuple[tuple[int, str, str, str], ...] = ()
    table: str = ""

    @property
    def doi(self) -> str:
        """A DOI under a prefix that is kept for tests."""
        return f"10.5555/invented.{self.number}"

    @property
    def pmcid(self) -> str:
        """PMC's identifier."""
        return f"PMC99{self.number:03}"

    def is_open(self, day: int) -> bool:
        """Whether there is an open copy on that day."""
        return self.opened is not None and self.opened <= day

    def jats(self) -> bytes:
        """The paper as an archive holds it."""
        listed = "".join(
            f'<ref id="r{number}"><label>{number}</label><element-citation publication-type="journal">'
            f"<article-title>{escape(PAPERS[each].title)}</article-title><source>Journal of Invented Coats</source>"
            f'<year>2025</year><pub-id pub-id-type="doi">{PAPERS[each].doi}</pub-id></element-citation></ref>'
            for number, each in enumerate(self.references, 1)
        )
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<article xmlns:xlink="http://www.w3.org/1999/xlink"><front>'
            "<journal-meta><journal-title-group><journal-title>Journal of Invented Coats</journal-title>"
            f'</journal-title-group></journal-meta><article-meta><article-id pub-id-type="doi">{self.doi}</article-id>'
            f"<title-group><article-title>{escape(self.title)}</article-title></title-group>"
            "<pub-date><year>2026</year></pub-date><permissions><license>"
            '<ext-link xlink:href="https://creativecommons.org/licenses/by/4.0/">CC BY</ext-link>'
            "</license></permissions>"
            f"<abstract><p>{self.body}</p></abstract></article-meta></front><body><sec><title>Results</title>"
            f"<p>{self.body}</p>{self.table}</sec></body><back><ref-list>{listed}</ref-list></back></article>\n"
        ).encode()


def _coat(number: int, cells: str, core: str, drug: str, disease: str, size: int, **more: Any) -> Invented:
    body = (
        f"We coated {core} loaded with {drug} with the membrane of {cells}. The coated particles measured {size} nm "
        f"and slowed the growth of {disease} in female BALB/c mice."
    )
    return Invented(number, f"{cells} membrane-coated {core} deliver {drug} to {disease}", body, **more)


_ROWS = (
    (1, "4T1 cells", "PLGA nanoparticles", "doxorubicin", "breast cancer"),
    (2, "red blood cells", "mesoporous silica nanoparticles", "paclitaxel", "lung cancer"),
    (3, "platelets", "gold nanoparticles", "docetaxel", "melanoma"),
)
_TABLE = (
    '<table-wrap id="t1"><label>Table 1</label><caption><p>Membrane-coated nanoparticles.</p></caption><table>'
    "<thead><tr><th>Membrane source</th><th>Core</th><th>Drug</th><th>Disease</th><th>Ref.</th></tr></thead><tbody>"
    + "".join(
        f"<tr>{''.join(f'<td>{cell}</td>' for cell in row[1:])}"
        f'<td>[<xref ref-type="bibr" rid="r{row[0]}">{row[0]}</xref>]</td></tr>'
        for row in _ROWS
    )
    + "</tbody></table></table-wrap>"
)

PAPERS = {
    paper.number: paper
    for paper in (
        Invented(
            100,
            "Cell membrane-coated nanoparticles against cancer: a short review",
            "Membrane-coated nanoparticles have been made of many cells. Table 1 lists them.",
            references=(1, 2, 3),
            table=_TABLE,
        ),
        _coat(
            1, "4T1 cells", "PLGA nanoparticles", "doxorubicin", "breast cancer", 120,
            notices=((3, "correction", "Erratum in", "10.5555/invented.901"),),
        ),
        _coat(
            2, "red blood cells", "mesoporous silica nanoparticles", "paclitaxel", "lung cancer", 140,
            notices=((2, "retraction", "Retraction in", "10.5555/invented.902"),),
        ),
        _coat(3, "platelets", "gold nanoparticles", "docetaxel", "melanoma", 90, opened=3),
        _coat(
            4, "HeLa cells", "iron oxide nanoparticles", "cisplatin", "cervical cancer", 110,
            day=2, references=(100,),
        ),
        _coat(5, "B16-F10 cells", "liposomes", "curcumin", "melanoma", 130, day=3, references=(100, 1)),
    )
}  # fmt: skip


@dataclass
class LoopbackServices:
    """Crossref, Europe PMC, PMC and Unpaywall at one address on loopback, with the papers of the day.

    Attributes:
        day: from 1; papers, notices and open copies of later days are not known yet.
        asked: the paths of the requests that came, in their order.
        agents: how those who asked called themselves.
        before: called before each answer, for tests that end a client at work.
    """

    port: int = 0
    day: int = 1
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    before: Callable[[str], None] = field(default=lambda _: None)

    def __post_init__(self) -> None:
        services = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                services.asked.append(unquote(self.path))
                services.agents.add(self.headers.get("User-Agent", ""))
                services.before(self.path)
                status, body = services.answer(self.path)
                kind = "application/xml" if body.startswith(b"<") else "application/json"
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def settings(self) -> list[str]:
        """What `--set` takes to send coatmine here, without its pauses between requests."""
        url = f"http://127.0.0.1:{self.port}"
        services = {"crossref": "crossref", "europe_pmc": "europepmc", "pmc_ids": "idconv/", "pmc_files": "pmc"}
        stated = [f"services.{name}={url}/{path}" for name, path in services.items()]
        own = [f"services.unpaywall={url}/unpaywall", f"private_hosts=127.0.0.1:{self.port}"]
        return [*stated, *own, "interval=0", "backoff=0.01", "notices_hours=0", "retry_days=0"]

    def config(self) -> str:
        """The same as a configuration file of coatmine's."""
        return f"[watch]\nset = {json.dumps(self.settings, indent=2)}\n"

    def answer(self, address: str) -> tuple[int, bytes]:
        """Status and body of the answer to a request."""
        parts = urlsplit(address)
        path, asked = unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}
        if day := re.fullmatch(r"/day/(\d+)", path):
            self.day = int(day[1])
            return _json({"day": self.day})
        if text := re.fullmatch(r"/europepmc/(PMC\d+)/fullTextXML", path):
            paper = self._by(pmcid=text[1])
            return (200, paper.jats()) if paper and paper.is_open(self.day) else (404, b"")
        known = self._metadata(path, asked)
        return (404, b"") if known is None else _json(known)

    def _metadata(self, path: str, asked: dict[str, str]) -> dict[str, Any] | None:
        if path == "/europepmc/search":
            return self._search(asked["query"], asked.get("cursorMark", "*"), int(asked["pageSize"]))
        if path == "/crossref/works":
            wanted = [each.removeprefix("doi:") for each in asked["filter"].split(",")]
            return {"message": {"items": [self._work(paper) for paper in self._known() if paper.doi in wanted]}}
        if (work := re.fullmatch(r"/crossref/works/(.+)", path)) and (paper := self._by(doi=work[1])):
            return {"message": self._work(paper)}
        return {"records": []} if path == "/idconv/" else None

    def _known(self) -> list[Invented]:
        return [paper for paper in PAPERS.values() if paper.day <= self.day]

    def _by(self, **wanted: str) -> Invented | None:
        ((name, value),) = wanted.items()
        return next((paper for paper in self._known() if getattr(paper, name) == value), None)

    def _work(self, paper: Invented) -> dict[str, Any]:
        return {
            "DOI": paper.doi.upper(),
            "title": [paper.title],
            "container-title": ["Journal of Invented Coats"],
            "issued": {"date-parts": [[2026]]},
            "reference": [{"key": str(each), "DOI": PAPERS[each].doi} for each in paper.references],
            "updated-by": [
                {"DOI": notice, "type": kind, "source": "publisher", "updated": {"date-parts": [[2026, 2, day]]}}
                for day, kind, _, notice in paper.notices
                if day <= self.day
            ],
        }

    def _search(self, query: str, cursor: str, size: int) -> dict[str, Any]:
        """A page of the answer; the last one gives its own cursor back."""
        found = [self._hit(paper) for paper in self._known() if _matches(paper, query)]
        start = 0 if cursor == "*" else int(cursor)
        page = found[start : start + size]
        following = str(start + size) if page else cursor
        return {"hitCount": len(found), "nextCursorMark": following, "resultList": {"result": page}}

    def _hit(self, paper: Invented) -> dict[str, Any]:
        linked = [
            {"type": link, "source": "MED", "id": notice.rpartition(".")[2]}
            for day, _, link, notice in paper.notices
            if day <= self.day
        ]
        return {
            "id": str(paper.number),
            "source": "MED",
            "pmcid": paper.pmcid,
            "doi": paper.doi,
            "title": paper.title,
            "isOpenAccess": "Y" if paper.is_open(self.day) else "N",
            "license": "cc by",
            "firstIndexDate": datetime.now(UTC).date().isoformat(),
            "pubTypeList": {"pubType": ["research-article", "Journal Article"]},
            "commentCorrectionList": {"commentCorrection": linked},
        }


def _matches(paper: Invented, query: str) -> bool:
    """Europe PMC's language, as far as coatmine writes it and its documentation shows it."""
    query = re.sub(r"\b(?:FIRST_PDATE|FIRST_IDATE):\[[^]]*\]", "", query)  # all is of today
    if dois := re.findall(r'DOI:"([^"]+)"', query):
        return paper.doi in dois
    if linked := re.search(r"\b(REFFED_BY|CITES):(\d+)_MED", query):
        number = int(linked[2])
        if linked[1] == "CITES":
            return number in paper.references
        return number in PAPERS and paper.number in PAPERS[number].references
    words = re.findall(r'"([^"]+)"|([\w-]+)', re.sub(r"\b(?:AND|OR|[A-Z_]+:)", " ", query))
    text = f"{paper.title} {paper.body}".lower()
    return all((phrase or word).lower() in text for phrase, word in words)


def _json(value: Any) -> tuple[int, bytes]:
    return 200, json.dumps(value).encode()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8765, help="port on loopback")
    parser.add_argument("--day", type=int, default=1, help="the day to begin with")
    parser.add_argument("--go-to", type=int, metavar="DAY", help="make it this day at the services that run")
    parser.add_argument("--config", type=Path, help="file to write the settings into, for `coatmine --config`")
    return parser.parse_args()


def main() -> None:
    """Serve until Ctrl-C."""
    given = _arguments()
    if given.go_to:
        with urlopen(f"http://127.0.0.1:{given.port}/day/{given.go_to}") as answer:
            print(answer.read().decode())  # noqa: T201
        return
    services = LoopbackServices(given.port, given.day)
    if given.config:
        given.config.write_text(services.config(), encoding="utf-8")
    print(f"day {services.day} at http://127.0.0.1:{services.port}", flush=True)  # noqa: T201
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        services.close()


if __name__ == "__main__":
    main()
