"""One look: ask what is new, acquire and mine it, ask for notices, write the digest.

Each step begins from what stands on disk, and the state is written after each, so that a look that was killed goes on
where it stopped, and tells what an unbroken one would have told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from pipeline import acquisition, export, readers, run
from pipeline.acquisition import FoundPaper, Manifest
from pipeline.errors import BusyError, ReadError, UsageError
from pipeline.export.decisions import FILE as DECISIONS
from pipeline.folder import RunFolder, is_remote, place, write_atomically
from pipeline.notices import FILE as NOTICES
from pipeline.notices import read_notices, write_notices
from pipeline.settings import Settings, version
from pipeline.watching.bibliography import write_bibliography
from pipeline.watching.digest import write_digest
from pipeline.watching.news import Digest, gather
from pipeline.watching.settings import WatchSettings
from pipeline.watching.state import WatchedPaper, WatchState, load_state
from pipeline.watching.subject import WatchSubject, subject_of

PAPERS: Final = "papers"
"""The folder, in the watch's own, that papers are acquired into."""

_LISTED: Final = 20  # failures that a terminal shows
Tell = Callable[[str], None]
Extract = Callable[..., run.Summary]


@dataclass(slots=True)
class WatchReport:
    """What a look found.

    Attributes:
        folder: the watch's folder.
        digest: what is new, what changed, and what waits for a curator.
        failed: what a later look has to ask for again: services and hosts that did not answer.
        files: the files that tell of it.
    """

    folder: Path
    digest: Digest
    failed: list[str] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)

    def as_text(self) -> str:
        """The digest in a few lines, for a person."""
        lines = self.digest.as_lines()
        lines += [f"to be asked again: {each}" for each in self.failed[:_LISTED]]
        if (more := len(self.failed) - _LISTED) > 0:
            lines.append(f"and {more} more; the digest names them")
        lines.append(f"digest in {', '.join(map(str, self.files))}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "folder": str(self.folder),
            "failed": self.failed,
            "files": [str(path) for path in self.files],
            **self.digest.as_dict(),
        }


def watch(
    about: str,
    out: Path | str,
    settings: WatchSettings | None = None,
    mining: Settings | None = None,
    *,
    since: date | None = None,
    csv: bool = False,
    database: str | None = None,
    tell: Tell = lambda _: None,
    progress: acquisition.Progress | None = None,
    mined: run.Progress | None = None,
    extract: Extract = run.extract,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> WatchReport:
    """Look once: ask for what is new since the last look, acquire and mine it, and write a digest.

    Args:
        about: a query in Europe PMC's syntax, a review's DOI, or the file of a review.
        out: the watch's folder: it is a run's folder, with the papers in ``papers`` and the state in watch.json.
        settings: who asks, whom, how often; see docs/watch.md.
        mining: how papers are mined.
        since: leave out papers that were published before this day.
        csv: write digest.csv too, one row per study that is new or has changed.
        database: address of a database to load the run into.
        tell: called with each step.
        progress: called after each paper that a copy was asked for, from another thread.
        mined: called after each paper that was mined.
        extract: mines papers in place of :func:`pipeline.run.extract`.
        now: the clock.

    Raises:
        UsageError: the query is not understood, the folder watches for something else, or another process is at it.
        UnreachedError: the service that answers queries is away; nothing was changed.
        StoreError: the disk is full or the folder cannot be written.
    """
    folder = place(out)
    if is_remote(folder):
        raise UsageError(f"{out}: a watch needs a folder of this machine")
    subject = subject_of(about)
    if since is not None and subject.kind == "review":
        raise UsageError("--since goes with a query: of a review, all that it cites and that cites it is asked for")
    with RunFolder(folder).reserved("watch"):
        state = _state(folder, subject, since, now())
        look = _Look(folder, subject, state, settings or WatchSettings(), tell)
        look.ask()
        look.acquire(progress)
        look.mine(partial(extract, progress=mined) if mined else extract, mining or Settings())
        look.ask_for_notices(now())
        look.publish()
        if database and (folder / "records.jsonl").is_file():
            tell(export.load_database(folder, database).as_text())
        return look.tell_news(csv=csv)


def _state(folder: Path, subject: WatchSubject, since: date | None, now: datetime) -> WatchState:
    """The state of the folder with a look begun: that of a look that was killed goes on."""
    state = load_state(folder) or WatchState(kind=subject.kind, subject=subject.text, since=since)
    if (state.kind, state.subject) != (subject.kind, subject.text):
        raise UsageError(
            f"{folder} watches for {state.subject!r}, not for {subject.text!r}; choose another --out, a folder for each"
        )
    if since is not None and state.since != since:
        raise UsageError(
            f"{folder} watches for papers since {state.since}; --since cannot change: choose another --out"
        )
    state.begun = state.begun or now.replace(microsecond=0)
    return state


class _Look:
    """The steps of a look over one state."""

    def __init__(
        self, folder: Path, subject: WatchSubject, state: WatchState, settings: WatchSettings, tell: Tell
    ) -> None:
        self.folder = folder
        self.papers = folder / PAPERS
        self.subject = subject
        self.state = state
        self.settings = settings
        self.tell = tell
        self.failed: list[str] = []
        self.begun: datetime = state.begun or datetime.now(UTC)

    # --- what there is

    def ask(self) -> None:
        """Ask the services which papers there are."""
        if self.state.kind == "query":
            found = acquisition.search(self._query(), self.settings)
        elif self.subject.doi:
            found = acquisition.around_review(self.subject.doi, self.settings)
        else:
            found = acquisition.Discovery()
        self._note(found.papers)
        self.failed += found.unanswered
        if self.subject.path:
            self._take_review(self.subject.path)
        if not found.unanswered:
            self.state.asked = self.begun
        self.state.save(self.folder)
        new = sum(paper.told is None for paper in self.state.papers.values())
        self.tell(f"{len(self.state.papers)} papers known, {new} of them new")

    def _query(self) -> str:
        """The query, and of later looks only what was indexed since the last; a few days twice, none left out."""
        parts = [f"({self.state.subject})"]
        if self.state.since:
            parts.append(f"FIRST_PDATE:[{self.state.since} TO 3000-12-31]")
        if self.state.asked:
            first = self.state.asked.date() - timedelta(days=self.settings.overlap_days)
            parts.append(f"FIRST_IDATE:[{first} TO 3000-12-31]")
        return " AND ".join(parts) if len(parts) > 1 else self.state.subject

    def _note(self, found: Iterable[FoundPaper]) -> None:
        for paper in found:
            if paper.is_notice or not paper.doi:
                why = "a notice about another paper" if paper.is_notice else "no DOI"
                self.state.passed_over[paper.doi or paper.identifier] = why
            elif paper.doi not in self.state.papers:
                self.state.papers[paper.doi] = WatchedPaper(
                    doi=paper.doi, title=paper.title, relation=paper.relation, found=self.begun
                )

    def _take_review(self, given: Path) -> None:
        """Put the review's own file among the papers, and note what its reference list prints."""
        target, data = self.papers / given.name, given.read_bytes()
        if not (target.is_file() and target.read_bytes() == data):
            write_atomically(target, [data])
        self.state.review_file = given.name
        self._note_references(self.subject.references)

    def _note_references(self, dois: Iterable[str]) -> None:
        self._note(FoundPaper(doi, "", "reference") for doi in dois)
        self.state.review_read = True

    # --- copies

    def acquire(self, progress: acquisition.Progress | None) -> None:
        """Download open-access copies: of the review first, since its own text may print more references."""
        reviews = [paper for paper in self.state.papers.values() if paper.relation == "review"]
        if self.state.review_file and (self.papers / self.state.review_file).is_file():
            for paper in reviews:
                paper.status = "acquired"
        else:
            self._download(reviews, progress)
        files = self._files()
        for paper in reviews:
            if paper.doi in files and not self.state.review_read:
                self._read_references(files[paper.doi])
        self._download([paper for paper in self.state.papers.values() if paper.relation != "review"], progress)

    def _read_references(self, review: Path) -> None:
        """Note the references that the review's own text prints; a text that cannot be read prints none."""
        try:
            with readers.Reader() as reader:
                self._note_references(acquisition.dois_of_references(reader.read(review)))
        except ReadError as error:
            self.tell(f"{error.status}: {error.message}")
            self._note_references([])
        self.state.save(self.folder)

    def _download(self, papers: list[WatchedPaper], progress: acquisition.Progress | None) -> None:
        order, files = {"waiting": 0, "failed": 1}, self._files()
        due = [paper for paper in papers if self._is_due(paper, files)]
        due = sorted(due, key=lambda paper: order.get(paper.status, 2))[: self.settings.most_acquired]
        if not due:
            return
        report = acquisition.acquire([paper.doi for paper in due], self.papers, self.settings, progress)
        for paper in report.papers:
            known = self.state.papers[paper.doi]
            known.status, known.tried = paper.status, self.begun
            known.title = paper.title or known.title
        failed = [paper for paper in report.papers if paper.status == "failed"]
        self.failed += [f"{paper.doi}: {paper.reason}" for paper in failed]
        self.state.save(self.folder)

    def _is_due(self, paper: WatchedPaper, files: Mapping[str, Path]) -> bool:
        if paper.status in {"waiting", "failed"}:
            return True
        if paper.status == "acquired":
            return paper.doi not in files
        waited = self.begun - (paper.tried or paper.found)
        return waited >= timedelta(days=self.settings.retry_days)

    def _files(self) -> dict[str, Path]:
        """Where copies stand, by DOI."""
        return {paper.doi: self.papers / str(paper.file) for paper in Manifest(self.papers).standing_papers}

    # --- records

    def mine(self, extract: Extract, mining: Settings) -> None:
        """Mine the papers that stand here, unless all is as it was mined before."""
        files = run.discover([self.papers]) if self.papers.is_dir() else []
        files = [path for path in files if path.is_file()]
        if not files:
            return
        if mining.bibliography is None:
            known = write_bibliography(self.papers)
            mining = mining.model_copy(update={"bibliography": known})
        decides = self._decides(files, mining)
        if decides == self.state.mined and (self.folder / "records.jsonl").is_file():
            self.tell("nothing to mine")
            return
        try:
            extract([self.papers, *self._others()], self.folder, mining)
        except BusyError:
            raise
        except UsageError as error:  # a paper has gone from the folder and nothing is new, say
            if not self.state.mined:
                raise
            self.failed.append(str(error))
            return
        self.state.mined, self.state.shown = decides, self._shown()
        self.state.save(self.folder)

    def _others(self) -> list[Path]:
        """The papers that the folder was made of before it was watched, as far as they are there."""
        if not (self.folder / "documents.jsonl").is_file():
            return []
        papers = self.papers.absolute()
        sources = [place(outcome.source) for outcome in RunFolder(self.folder).outcomes() if outcome.status == "ok"]
        return [path for path in sources if path.exists() and not path.absolute().is_relative_to(papers)]

    def _decides(self, files: list[Path], mining: Settings) -> str:
        """A hash over all that decides the run's outputs."""
        stated = [version(), mining.model_dump_json()]
        for path in files:
            stated.append(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}")
        return sha256("\n".join(stated).encode()).hexdigest()

    def _shown(self) -> str:
        """A hash over what the run's products show beside what was mined: notices and curators' decisions."""
        digest = sha256()
        for path in (self.folder / NOTICES, self.folder / DECISIONS):
            digest.update(path.read_bytes() if path.is_file() else b"")
            digest.update(b"\x1f")
        return digest.hexdigest()

    # --- notices

    def ask_for_notices(self, now: datetime) -> None:
        """Ask whether papers and studies were retracted or corrected, and note what is found."""
        before = read_notices(self.folder)
        due = self._unchecked(now)
        if not due:
            return
        found = acquisition.notices(due, self.settings)
        self.failed += found.unanswered
        for doi in found.asked:
            if doi in self.state.papers:
                self.state.papers[doi].checked = now
            else:
                self.state.checked[doi] = now
        known = [notice for notices in before.values() for notice in notices]
        keys = {notice.key for notice in known}
        if any(notice.key not in keys for notice in found.notices):
            write_notices(self.folder, [*known, *found.notices])
        self.state.save(self.folder)

    def publish(self) -> None:
        """Write the run's products again, where notices or decisions have come that they do not show."""
        shown = self._shown()
        if shown != self.state.shown and (self.folder / "records.jsonl").is_file():
            export.publish(self.folder)
            self.state.shown = shown
            self.state.save(self.folder)

    def _unchecked(self, now: datetime) -> list[str]:
        """The DOIs of papers and of studies that mined papers tell of, of which it is time to ask."""
        checked: dict[str, datetime | None] = {doi: paper.checked for doi, paper in self.state.papers.items()}
        for doi in self._study_dois():
            checked.setdefault(doi, self.state.checked.get(doi))
        wait = timedelta(hours=self.settings.notices_hours)
        return sorted(doi for doi, last in checked.items() if last is None or now - last >= wait)

    def _study_dois(self) -> set[str]:
        if not (self.folder / "records.jsonl").is_file():
            return set()
        found = set()
        for record in RunFolder(self.folder).records():
            try:
                found.add(acquisition.normalise_doi(record.study.doi or ""))
            except UsageError:
                continue
        return found

    # --- news

    def tell_news(self, *, csv: bool) -> WatchReport:
        """Write the digest, and note that it was told."""
        notices = [notice for of_paper in read_notices(self.folder).values() for notice in of_paper]
        digest = gather(self.folder, self.state, notices, self.failed)
        files = write_digest(self.folder, self.state, digest, csv=csv)
        for paper in self.state.papers.values():
            paper.told = paper.status
        self.state.studies = digest.rows
        self.state.notices = digest.events
        self.state.looks += 1
        self.state.begun = None
        self.state.save(self.folder)
        return WatchReport(self.folder, digest, self.failed, files)
