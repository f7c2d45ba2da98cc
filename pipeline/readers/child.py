"""Reading in a child process under limits, so that a hostile file costs itself and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline import children
from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.readers.ocr import Recogniser, Scan, Scans, engines
from pipeline.settings import Limits


class Reader:
    """Reads files in a child process under limits on time and memory; starts a new one when one dies.

    Use it as a context manager; it reads one file at a time.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        password: str | None = None,
        *,
        ocr: bool = False,
        ocr_jobs: int | None = None,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        """Set the limits, and the password to try on locked files. The child starts with the first file.

        Args:
            limits: of time and memory for a file; with ``ocr`` the time holds for each page that is recognised, too.
            password: what opens locked files.
            ocr: recognise the pages of PDFs that hold no text.
            ocr_jobs: how many pages at the same time; None: as the cores allow.
            tell: told of each page that was recognised.

        Raises:
            UsageError: no engine for ``ocr`` is installed.
        """
        self.limits = limits or Limits()
        self.password = password
        if ocr:
            engines.name()  # what is missing is said before any work
        self._recogniser = Recogniser(self.limits, ocr_jobs, tell) if ocr else None
        self._child = children.Child("pipeline.readers.child", "that reads papers")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, path: str | Path, content: bytes | None = None) -> Document:
        """Read one file.

        Args:
            path: the file.
            content: its bytes, if they have been loaded; what is read is then this, whatever becomes of the file.

        Raises:
            ReadError: the file could not be read within the limits; the next one can.
            ProcessError: the child process does not start.
        """
        from pipeline.readers import load

        if content is None:
            content = load(path, self.limits)
        scans: Scans | None = None
        warnings: list[str] = []
        if self._recogniser is not None and Path(path).suffix.lower() == ".pdf":
            scans, warnings = self._recogniser.scans(path, content, self.password)
        request = {
            "path": str(path),
            "password": self.password,
            "limits": self.limits.model_dump(),
            "scans": None if scans is None else {page: scan.model_dump(mode="json") for page, scan in scans.items()},
        }
        try:
            head, body = self._child.ask(request, content, seconds=self.limits.seconds)
        except children.DiedError as death:
            raise self._death(Path(path).name, death) from None
        if "status" in head:
            raise ReadError(head["status"], head["message"])
        document = Document.from_json(body)
        return document.model_copy(update={"warnings": (*document.warnings, *warnings)}) if warnings else document

    def start(self) -> None:
        """Start the child if none runs; it gets ready while the caller does something else."""
        self._child.start()

    def close(self) -> None:
        """End the child, and those that recognise pages."""
        self._child.close()
        if self._recogniser is not None:
            self._recogniser.close()

    def _death(self, name: str, death: children.DiedError) -> ReadError:
        if death.late:
            return ReadError(
                "timed_out",
                f"{name} was not read within {self.limits.seconds:g} s: it may be malicious or very long;"
                " raise the time limit if you trust it.",
            )
        limited = children.memory_is_limited()
        cause = f", or needs more than {self.limits.memory_mb} MB" if limited else ""
        more = " or raise the memory limit if you trust it" if limited else ""
        return ReadError(
            "failed",
            f"{name} ended the process that read it (exit {death.code}): it is malformed{cause}; repair it (qpdf,"
            f" mutool){more}.",
        )


def _read(path: str, content: bytes, limits: Limits, password: str | None, scans: Scans | None = None) -> bytes:
    from pipeline.readers import parse

    name = Path(path).name
    try:
        return parse(path, content, limits=limits, password=password, scans=scans).to_json().encode()
    except MemoryError:
        raise ReadError(
            "too_large",
            f"{name} needs more than {limits.memory_mb} MB to read: raise the memory limit if you trust it.",
        ) from None
    except ReadError:
        raise
    except Exception as error:
        raise ReadError(
            "failed", f"{name} could not be read ({type(error).__name__}: {error}): please report it."
        ) from error


def main() -> None:
    """Read what the parent asks for; runs in the child."""
    parent = children.Parent()
    import pipeline.readers.pdf.reading  # noqa: F401  # loaded before memory is limited

    for asked, content in parent.requests():
        limits = Limits(**asked["limits"])
        try:
            with children.within(limits.seconds, limits.memory_mb):
                stated = asked["scans"]
                scans = None if stated is None else {int(n): Scan.model_validate(scan) for n, scan in stated.items()}
                body = _read(asked["path"], content, limits, asked["password"], scans)
        except ReadError as error:
            parent.answer({"status": error.status, "message": error.message})
        else:
            parent.answer({}, body)


if __name__ == "__main__":
    main()
