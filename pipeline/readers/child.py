"""Reading in a child process under limits, so that a hostile file costs itself and nothing else."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Self

from pipeline import children
from pipeline.document import Document
from pipeline.errors import ReadError
from pipeline.settings import Limits


class Reader:
    """Reads files in a child process under limits on time and memory; starts a new one when one dies.

    Use it as a context manager; it reads one file at a time.
    """

    def __init__(self, limits: Limits | None = None, password: str | None = None) -> None:
        """Set the limits, and the password to try on locked files. The child starts with the first file."""
        self.limits = limits or Limits()
        self.password = password
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
        request = {"path": str(path), "password": self.password, "limits": self.limits.model_dump()}
        try:
            head, body = self._child.ask(request, content, seconds=self.limits.seconds)
        except children.DiedError as death:
            raise self._death(Path(path).name, death) from None
        if "status" in head:
            raise ReadError(head["status"], head["message"])
        return Document.from_json(body)

    def start(self) -> None:
        """Start the child if none runs; it gets ready while the caller does something else."""
        self._child.start()

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def _death(self, name: str, death: children.DiedError) -> ReadError:
        if death.late:
            return ReadError(
                "timed_out",
                f"{name} was not read within {self.limits.seconds:g} s: it may be malicious or very long;"
                " raise the time limit if you trust it.",
            )
        cause = "it is malformed"
        if children.memory_is_limited():
            cause += f", or needs more than {self.limits.memory_mb} MB"
        return ReadError(
            "failed",
            f"{name} ended the process that read it (exit {death.code}): {cause}; repair it (qpdf, mutool) or raise"
            " the memory limit if you trust it.",
        )


def _read(path: str, content: bytes, limits: Limits, password: str | None) -> bytes:
    from pipeline.readers import parse

    name = Path(path).name
    try:
        return parse(path, content, limits=limits, password=password).to_json().encode()
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
                body = _read(asked["path"], content, limits, asked["password"])
        except ReadError as error:
            parent.answer({"status": error.status, "message": error.message})
        else:
            parent.answer({}, body)


if __name__ == "__main__":
    main()
