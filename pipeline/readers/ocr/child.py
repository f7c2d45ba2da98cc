"""Recognises pages that the parent asks for; runs in child processes."""

from __future__ import annotations

from pipeline import children
from pipeline.errors import ReadError
from pipeline.settings import Limits

MEMORY_MB = 4096
"""Address space that an engine takes beside what the file needs; most of it is never touched."""


def main() -> None:
    """Answer requests: which pages of a file need recognition, or what stands on one."""
    parent = children.Parent()
    from pipeline.readers.ocr.engines import engine
    from pipeline.readers.ocr.pages import needing, opened, recognised

    engine()
    for asked, content in parent.requests():
        limits = Limits(**asked["limits"])
        try:
            with children.within(limits.seconds, limits.memory_mb + MEMORY_MB):
                file = opened(content, asked["name"], asked["password"])
                try:
                    if asked["page"] is None:
                        answer = {"pages": needing(file) if len(file) <= limits.pages else []}
                    else:
                        answer = recognised(file, asked["page"]).model_dump(mode="json")
                finally:
                    file.close()
        except ReadError as error:
            parent.answer({"status": error.status, "message": error.message})
        except Exception as error:
            parent.answer({"status": "failed", "message": f"{type(error).__name__}: {error}"})
        else:
            parent.answer(answer)


if __name__ == "__main__":
    main()
