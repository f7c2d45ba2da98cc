"""Write report.html."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from pipeline.export.curated import published
from pipeline.export.report import plots
from pipeline.export.report.content import FIELD_TITLES, SHOWN, gather
from pipeline.export.report.scores import score_table
from pipeline.export.templates import environment, source_hash
from pipeline.export.text import doi_url
from pipeline.folder import RunFolder, write_atomically

_HERE = files("pipeline.export.report")


def write_report(
    folder: RunFolder,
    path: Path | None = None,
    scores: Sequence[Mapping[str, Any]] = (),
    shown: int = SHOWN,
    jobs: int = 1,
    *,
    raw: bool = False,
) -> Path:
    """Write a run's report: its records with their evidence, patterns in them, and what could not be read.

    Of a large run it shows the most doubtful records, and says how many there are. Pictures of where evidence stands
    go into a folder beside it, named as browsers do (``report_files``), and are loaded when they are looked at.

    Args:
        folder: the run.
        path: where to write; by default report.html in the run's folder.
        scores: the run's scores against gold sets, each as its scores.json holds them.
        shown: records at most, and papers that were read, and papers that were not.
        jobs: processes that draw pictures at the same time; the report is the same, however many.
        raw: as the run found it, whatever curators decided.

    Returns:
        Where the report stands.

    Raises:
        UsageError, StoreError: the run cannot be read, or the file not be written.
    """
    path = path or folder.path / "report.html"
    template = environment(_HERE).get_template("report.html.jinja")
    style, script = _asset("report.css"), _asset("report.js")
    content = gather(published(folder, raw=raw), shown)
    pictures = path.with_name(f"{path.stem}_files")
    content.crops.draw(pictures, len(content.rows), jobs)
    page = template.render(
        content=content,
        evidence=_packed(
            {
                "folder": pictures.name,
                "passages": content.passages,
                "evidence": content.evidence,
                "boxes": content.crops.boxes,
                "pictures": content.crops.names,
                "renderings": content.renderings.shown,
            }
        ),
        noun="rows" if content.joined else "records",
        signs={"accept": "✓", "correct": "✎", "add": "+", "disputed": "?"},
        titles=FIELD_TITLES,
        matrices=[
            plots.matrix("Coats and cores", content.records, "membranes", "cores"),
            plots.matrix("Diseases and modalities", content.records, "diseases", "modalities"),
        ],
        histograms=[plots.sizes(content.records), plots.years(content.years)],
        scores=[score_table(each) for each in scores],
        doi_url=doi_url,
        style=Markup(style),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        style_hash=source_hash(style),
        script_hash=source_hash(script),
    )
    write_atomically(path, [page.encode()])
    return path


def _packed(data: Mapping[str, Any]) -> str:
    """Data for the page's script, as JSON compressed with gzip in Base64: a fifth of its size, and no markup."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _asset(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
