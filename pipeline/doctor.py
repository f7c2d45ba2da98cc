"""``coatmine doctor``: what is installed, and whether one page passes all stages."""

from __future__ import annotations

import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal

from pipeline.errors import CoatmineError
from pipeline.settings import DISTRIBUTION, Settings, version

State = Literal["ok", "missing", "failed"]
_PAGE: Final = (
    "Nanoparticles in the coat of a tumour",
    "PLGA nanoparticles loaded with doxorubicin were coated with the membrane of 4T1 cells.",
    "The coated particles were 110 nm in diameter and slowed the growth of breast cancer in BALB/c mice.",
)
_PROGRAMS: Final = {
    "browser": (("chromium", "chromium-browser", "google-chrome", "chrome", "firefox"), "shows the report and the app"),
    "PostgreSQL": (("psql", "postgres", "pg_ctl"), "a database for more than one person"),
    "tesseract": (("tesseract",), "reads scans"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what it is, how it is, and what that means."""

    what: str
    state: State
    about: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All that was looked at."""

    checks: tuple[Check, ...]

    @property
    def well(self) -> bool:
        """Whether all that coatmine cannot do without is there; extras and programs may be missing."""
        return not any(finding.state == "failed" for finding in self.checks)

    def as_text(self) -> str:
        """The checks, a line each."""
        width = max(len(finding.what) for finding in self.checks)
        labels = {"ok": "ok     ", "missing": "-      ", "failed": "FAILED "}
        return "\n".join(f"{labels[f.state]}{f.what:<{width}}  {f.about}" for f in self.checks)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {"well": self.well, "findings": [asdict(finding) for finding in self.checks]}


def examine() -> Diagnosis:
    """Look at the installation, and take one page through it."""
    return Diagnosis((*_basics(), *_extras(), *_programs(), *_self_test()))


def _basics() -> Iterator[Check]:
    yield Check("coatmine", "ok", f"{version()}, in {Path(__file__).parent}")
    supported = (3, 11) <= sys.version_info[:2] <= (3, 12)
    about = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Check("Python", "ok" if supported else "failed", about if supported else f"{about}; 3.11 or 3.12 is needed")


def _extras() -> Iterator[Check]:
    """The extras of the distribution, each with what of it is not installed."""
    about = metadata.metadata(DISTRIBUTION)
    needed: dict[str, list[str]] = {name: [] for name in about.get_all("Provides-Extra") or []}
    for line in about.get_all("Requires-Dist") or []:
        if match := re.search(r"extra\s*==\s*['\"]([\w.-]+)['\"]", line):
            needed.setdefault(match[1], []).append(re.split(r"[\s\[<>=!~;(]", line, maxsplit=1)[0])
    for name, packages in sorted(needed.items()):
        absent = [package for package in packages if not _installed(package)]
        install = f"missing {', '.join(absent)}; pip install 'coatmine[{name}]'"
        yield Check(f"extra {name}", "missing" if absent else "ok", install if absent else ", ".join(packages))


def _installed(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def _programs() -> Iterator[Check]:
    for what, (names, purpose) in _PROGRAMS.items():
        found = next((path for name in names if (path := shutil.which(name))), None)
        yield Check(what, "ok" if found else "missing", found or f"not found on the PATH; {purpose}")


def _self_test() -> Iterator[Check]:
    """One page as a PDF, from file to record."""
    from pipeline import run

    with tempfile.TemporaryDirectory(prefix="coatmine-") as folder:
        page = Path(folder) / "page.pdf"
        page.write_bytes(one_page(_PAGE))
        try:
            summary = run.extract([page], Path(folder) / "out", Settings(jobs=1))
        except CoatmineError as error:
            yield Check("one page", "failed", str(error))
            return
        from pipeline.folder import RunFolder

        records = list(RunFolder(Path(folder) / "out").records())
        names = [value.name for record in records for _, value in record.items()]
    if summary.failed:
        yield Check("one page", "failed", summary.failed[0].message)
    elif "4T1" in names:
        yield Check("one page", "ok", f"read, annotated and assembled: {', '.join(names)}")
    else:
        yield Check("one page", "failed", f"no record of its coat was made ({', '.join(names) or 'nothing found'})")


def one_page(lines: tuple[str, ...]) -> bytes:
    """A PDF of one page with these lines, of plain letters."""
    shown = "".join(f"({line}) Tj 0 -{20 if at else 34} Td\n" for at, line in enumerate(lines))
    content = f"BT /F1 11 Tf 50 740 Td\n{shown}ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (len(objects) + 1, table, len(objects) + 1, len(data))
    )
