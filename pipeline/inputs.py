"""The papers of a call: the files below its paths, and what the run's folder holds already.

Results are never dropped by a slip. A call that names new papers adds them; one that names fewer than the folder
holds is refused, unless it says that it means to replace.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path

from pipeline import readers
from pipeline.errors import ReadError, UsageError
from pipeline.folder import WORK, RunFolder, is_remote, place, write_atomically
from pipeline.records import Outcome

PRODUCTS = frozenset({
    WORK, "documents", "export", "curated", "highlighted", "baselines", "scores", "report.html", "report_files",
    "digest.html", "digests",
})  # fmt: skip
"""What coatmine writes into a run's folder and could take for a paper, or for a folder of papers."""
_NO_PAPER = re.compile(
    r"(?:readme|licen[cs]e|changelog|changes|contributing|notice|todo)\.(?:md|markdown|txt|html?)", re.I
)
"""Files that stand beside papers and are none; one that is named itself is read all the same."""
_SAVED_WITH_A_PAGE = ("_files", ".files", "_archivos", "_fichiers", "-Dateien")
"""How browsers end the name of the folder in which they keep the frames and pictures of a page that is saved whole."""
_NAMED = 5  # papers that a message lists by name


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run works through.

    Attributes:
        inputs: the files to take through the stages, in order.
        carried: the outcomes of papers that the folder holds and whose files have gone: they stay as they are.
        kept: how many papers of earlier calls stay that this call does not name, those carried among them.
    """

    inputs: list[Path]
    carried: list[Outcome] = field(default_factory=list)
    kept: int = 0


def plan(paths: Iterable[Path], out: Path, *, replace: bool = False) -> Plan:
    """What a call with these paths works through; nothing is written.

    Args:
        paths: files, and folders that are searched for documents.
        out: the run's folder, whether it is there yet or not.
        replace: drop what the folder holds and the call does not name.

    Raises:
        UsageError: no path is given or none exists; or, without ``replace``, the folder holds papers and a path does
            not exist, or the call names only some of these papers.
    """
    given = list(paths)
    if not given:
        raise UsageError("nothing to read: name at least one file or folder")
    held = {} if replace else _held(out)
    missing = [path for path in given if not (path.exists() or readers.set_of(path))]
    if missing and (held or len(missing) == len(given)):
        stay = f"; {_papers(len(held))} in {out} {_stay(len(held))}" if held else ""
        raise UsageError(f"{_names(map(str, missing))}: does not exist; check the path. Nothing was changed{stay}")
    inputs = discover(given, out)
    return _joined(inputs, held, out) if held else Plan(inputs)


def discover(paths: Iterable[Path], out: Path | None = None) -> list[Path]:
    """The inputs, each once: a folder stands for the documents below it, in the order of their names.

    An XML file of several articles stands for each of them (``FILE#1.xml``).

    A path that does not exist, and a folder without documents, stay in the list and fail on their own when read. The
    folder of a run that lies in a folder of papers is no paper: neither ``out`` nor that of another run.
    """
    found: dict[Path, None] = {}
    for path in paths:
        for file in (_below(path, out) if path.is_dir() else []) or [path]:
            found.update(dict.fromkeys([file] if is_remote(file) else readers.members(file)))
    return list(found)


@dataclass(frozen=True, slots=True)
class Watched:
    """The papers of a watched folder that have been left alone for a while, with size and time of change.

    Attributes:
        papers: by path.
        known: where those are noted that were mined.
    """

    papers: dict[str, list[float]]
    known: Path

    @classmethod
    def look(cls, folder: Path, out: Path, settle: float) -> Watched:
        """Look into the folder; a paper changed within the last ``settle`` seconds may still be on its way."""
        papers = {}
        for path in discover([folder], out):
            file = readers.set_of(path) or path
            if file.is_file() and time.time() - (about := file.stat()).st_mtime >= settle:
                papers[str(path)] = [about.st_size, about.st_mtime]
        return cls(papers, out / WORK / "watched.json")

    @property
    def new(self) -> bool:
        """Whether one of them has not been mined as it is now."""
        before = json.loads(self.known.read_bytes()) if self.known.is_file() else {}
        return any(before.get(name) != about for name, about in self.papers.items())

    def note(self) -> None:
        """Note that they are mined."""
        write_atomically(self.known, [json.dumps(self.papers).encode()])


def _below(top: Path, out: Path | None) -> list[Path]:
    below = {path: path.relative_to(top).parts for path in sorted(top.rglob("*"))}
    runs = {Path(*parts[: parts.index(WORK)]) for parts in below.values() if WORK in parts}
    if out is not None and is_remote(out) == is_remote(top):
        runs.update(_inside(out, top))
    return [path for path, parts in below.items() if not _is_product(parts, runs) and _is_input(path)]


def _inside(out: Path, top: Path) -> list[Path]:
    """The run's folder as a path below the folder of papers, if it lies there."""
    try:
        return [Path(*_whole(out).relative_to(_whole(top)).parts)]
    except ValueError:
        return []


def _is_product(parts: Sequence[str], runs: set[Path]) -> bool:
    """Whether a run wrote this; in a folder that is given itself, papers may stand beside what a run wrote."""
    if Path() in runs and parts[0] in PRODUCTS:
        return True
    return any(Path(*parts[:depth]) in runs for depth in range(1, len(parts)))


def _is_input(path: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.parts[-2:])
    beside = _NO_PAPER.fullmatch(path.name) or path.parent.name.endswith(_SAVED_WITH_A_PAGE)
    return path.is_file() and path.suffix.lower() in readers.SUFFIXES and not (hidden or beside)


def _held(out: Path) -> dict[str, Outcome]:
    """The papers that a run's folder holds, by document id; what could not be read is none of them."""
    folder = RunFolder(out)
    if not (out / "documents.jsonl").is_file():
        return {}
    held: dict[str, Outcome] = {}
    for outcome in folder.outcomes():
        if outcome.status == "ok" and outcome.document_id:
            held.setdefault(outcome.document_id, outcome)
    return held


def _joined(inputs: list[Path], held: dict[str, Outcome], out: Path) -> Plan:
    """The inputs, and what the folder holds beside them.

    Raises:
        UsageError: the inputs are only some of the papers that it holds.
    """
    named = {str(_whole(path)) for path in inputs}
    left = [each for each in held.values() if str(_whole(place(each.source))) not in named]
    if not left:
        return Plan(inputs)
    digests = [_digest(path) for path in inputs]
    left = [each for each in left if each.document_id not in digests]
    if all(path.is_dir() for path in inputs):  # folders without documents stand for themselves
        raise UsageError(
            f"no paper is at the paths given, check them. Nothing was changed; {_papers(len(held))} in {out} stay as "
            f"they are. --replace empties it"
        )
    if left and not any(digest and digest not in held for digest in digests):
        raise UsageError(
            f"{out} holds {_papers(len(held))}, and this call would drop {len(left)} of them: "
            f"{_names(each.source for each in left)}. Nothing was changed. Name all papers (or their folder), or "
            f"confirm with --replace; a call that names new papers adds them"
        )
    there = [each for each in left if _digest(place(each.source)) == each.document_id]
    carried = [each for each in left if each not in there]
    return Plan([*(place(each.source) for each in there), *inputs], carried, len(left))


def _whole(path: Path) -> Path:
    """The path from the root on; one of another file system is so already."""
    return path if is_remote(path) else path.absolute()


def _digest(path: Path) -> str | None:
    """The id that the document in a file has; None where there is no such file."""
    try:
        if readers.set_of(path):
            return f"sha256:{sha256(readers.load(path)).hexdigest()}"
        if not path.is_file():  # to open a pipe is to wait for whoever writes into it
            return None
        with path.open("rb") as stream:
            return f"sha256:{file_digest(stream, 'sha256').hexdigest()}"
    except (OSError, ReadError):
        return None


def _papers(count: int) -> str:
    return f"{count} paper" if count == 1 else f"{count} papers"


def _stay(count: int) -> str:
    return "stays as it is" if count == 1 else "stay as they are"


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - _NAMED
    return ", ".join(listed[:_NAMED]) + (f" and {more} more" if more > 0 else "")
