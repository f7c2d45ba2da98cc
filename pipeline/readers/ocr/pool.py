"""Recognition of a file's pages side by side, in child processes under limits."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from pipeline import children
from pipeline.readers.ocr.values import Scan, Scans
from pipeline.readers.ocr.wording import respaced
from pipeline.settings import Limits

Told = Callable[[str], None]


class Recogniser:
    """Recognises the pages of files that need it; its processes start with the first file that has such pages.

    Args:
        limits: memory for the file, and time for each page.
        jobs: pages at the same time.
        tell: told of each page that is done.
    """

    def __init__(self, limits: Limits, jobs: int | None = None, tell: Told | None = None) -> None:
        """Start nothing yet."""
        self._limits = limits
        self._jobs = max(1, jobs or _cores())
        self._tell = tell or (lambda _: None)
        self._children: list[children.Child] = []

    def scans(self, path: str | Path, content: bytes, password: str | None = None) -> tuple[Scans, list[str]]:
        """The pages of a file that hold no text, recognised; and warnings about those that could not be.

        Raises:
            ProcessError: a child process does not start.
        """
        name = Path(path).name
        try:
            pages = self._ask(0, name, content, password, None).get("pages", [])
        except children.DiedError:
            pages = []  # the PDF reader says what is wrong with it
        found: Scans = {}
        warnings: list[str] = []
        free: SimpleQueue[int] = SimpleQueue()
        for number in range(min(self._jobs, len(pages))):
            free.put(number)

        def work(page: int) -> tuple[int, dict[str, Any] | str]:
            own = free.get()
            try:
                return page, self._ask(own, name, content, password, page)
            except children.DiedError as death:
                return page, "it took too long" if death.late else "the process that recognised it ended"
            finally:
                free.put(own)

        with ThreadPoolExecutor(max(1, min(self._jobs, len(pages)))) as threads:
            for done, (page, stated) in enumerate(threads.map(work, pages), 1):
                if isinstance(stated, str) or "status" in stated:
                    why = stated if isinstance(stated, str) else stated["message"]
                    warnings.append(f"Page {page} could not be recognised ({why}); it is left out.")
                else:
                    found[page] = Scan.model_validate({name: stated[name] for name in Scan.model_fields})
                self._tell(f"{name}: page {page} recognised, {done} of {len(pages)} without text")
        return respaced(found), warnings

    def close(self) -> None:
        """End the processes."""
        for child in self._children:
            child.close()

    def _ask(self, own: int, name: str, content: bytes, password: str | None, page: int | None) -> dict[str, Any]:
        while len(self._children) <= own:
            self._children.append(children.Child("pipeline.readers.ocr.child", "that recognises pages"))
        request = {"name": name, "password": password, "page": page, "limits": self._limits.model_dump()}
        return self._children[own].ask(request, content, seconds=self._limits.seconds)[0]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
