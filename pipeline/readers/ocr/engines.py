"""The engines: a picture of a page in, words with boxes in pixels out."""

from __future__ import annotations

import csv
import importlib.util
import io
import shutil
import subprocess
from collections.abc import Callable, Iterable
from functools import cache
from importlib import metadata
from typing import Any, Final

from pipeline.errors import UsageError
from pipeline.readers.ocr.values import SeenWord

Engine = Callable[[Any, int], list[SeenWord]]
"""Takes a picture (height x width x 3, blue first) and its dots per inch."""
LEAST_SCORE: Final = 0.4
"""Words that an engine is less sure of are dirt on the page more often than words."""
_TESSERACT_SECONDS: Final = 300.0


def name() -> str:
    """The engine that will be used, with its version.

    Raises:
        UsageError: none is installed.
    """
    if importlib.util.find_spec("rapidocr") and importlib.util.find_spec("onnxruntime"):
        return f"rapidocr {metadata.version('rapidocr')}"
    if program := shutil.which("tesseract"):
        stated = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
        return " ".join((stated.stdout or stated.stderr).split()[:2])
    raise UsageError(
        "--ocr: no engine is installed; pip install 'coatmine[ocr]', or install tesseract (Debian and Ubuntu:"
        " apt-get install tesseract-ocr), or give each scan a text layer first: ocrmypdf IN.pdf OUT.pdf"
    )


def engine() -> Engine:
    """The engine, ready to work.

    Raises:
        UsageError: none is installed.
    """
    return _rapidocr if name().startswith("rapidocr") else _tesseract


@cache
def _loaded() -> Any:
    from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]

    # one thread each: pages are recognised side by side
    return RapidOCR(params={"Global.log_level": "critical", "EngineConfig.onnxruntime.intra_op_num_threads": 1})


def _rapidocr(picture: Any, dpi: int) -> list[SeenWord]:  # noqa: ARG001
    found = _loaded()(picture, use_cls=False, return_word_box=True)
    words = []
    for line, parts in enumerate(found.word_results or ()):
        for text, score, box in parts or ():
            xs, ys = [float(x) for x, _ in box], [float(y) for _, y in box]
            words.append(SeenWord(str(text), (min(xs), min(ys), max(xs), max(ys)), float(score), line))
    return kept(words)


def _tesseract(picture: Any, dpi: int) -> list[SeenWord]:
    from PIL import Image

    buffer = io.BytesIO()
    Image.fromarray(picture[:, :, ::-1]).save(buffer, "PNG")
    program = shutil.which("tesseract") or "tesseract"
    stated = subprocess.run(  # noqa: S603 - the user's own program
        [program, "-", "-", "--dpi", str(dpi), "tsv"],
        input=buffer.getvalue(), capture_output=True, check=True, timeout=_TESSERACT_SECONDS,
    )  # fmt: skip
    return kept(from_tsv(stated.stdout.decode("utf-8", "replace")))


def from_tsv(text: str) -> Iterable[SeenWord]:
    """The words in tesseract's table; its boxes of words are tight, those of lines are taken for the height."""
    lines: dict[tuple[str, ...], tuple[int, float, float]] = {}
    for row in csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE):
        key = row["block_num"], row["par_num"], row["line_num"]
        left, top, width, height = (float(row[name]) for name in ("left", "top", "width", "height"))
        if row["level"] == "4":
            lines[key] = len(lines), top, top + height
        elif row["level"] == "5" and row["text"].strip() and key in lines:
            number, upper, lower = lines[key]
            score = max(0.0, float(row["conf"])) / 100
            yield SeenWord(row["text"].strip(), (left, upper, left + width, lower), score, number)


def kept(words: Iterable[SeenWord]) -> list[SeenWord]:
    """The words that are some, without those that are dirt."""
    return [word for word in words if word.text.strip() and word.score >= LEAST_SCORE and word.box[2] > word.box[0]]
