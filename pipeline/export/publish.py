"""Write all products of a run again, with curators' decisions applied."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError, UsageError
from pipeline.export.curated import CuratedFolder, published
from pipeline.export.formats import FORMATS, default_folder, export, stands
from pipeline.export.report import write_report
from pipeline.export.spreadsheet import write_records_csv
from pipeline.export.workbook import write_workbook
from pipeline.folder import RunFolder, is_remote


@dataclass(slots=True)
class Publication:
    """What was written.

    Attributes:
        folder: the run.
        files: all files written.
        decisions: how many values curators decided on.
        lost: decisions that could not be shown: this run holds no such record or value.
        failed: by format, why an export could not be written; what stands there is still that of before.
    """

    folder: Path
    files: list[Path] = field(default_factory=list)
    decisions: int = 0
    lost: int = 0
    failed: dict[str, str] = field(default_factory=dict)

    def as_text(self) -> str:
        """What was written, for a person."""
        lines = [str(path) for path in self.files]
        lines.append(f"{len(self.files)} files, with decisions on {self.decisions} values applied")
        if self.lost:
            lines.append(
                f"{self.lost} decisions are on values that this run no longer finds; they stay in decisions.jsonl"
            )
        lines += [f"--format {name}: not written: {why}" for name, why in self.failed.items()]
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data."""
        return {
            "folder": str(self.folder),
            "files": [str(path) for path in self.files],
            "decisions": self.decisions,
            "lost": self.lost,
            "failed": self.failed,
        }


def publish(run_dir: Path | str, formats: Iterable[str] = (), *, raw: bool = False, jobs: int = 1) -> Publication:
    """Write a run's tables, report and the exports in its folder ``export`` again, with curators' decisions.

    An export that cannot be written, such as highlighted PDFs whose papers are elsewhere, costs itself alone.

    Args:
        run_dir: the folder that ``coatmine extract`` wrote.
        formats: further formats to write, of :data:`~pipeline.export.formats.FORMATS`.
        raw: without curators' decisions.
        jobs: processes that draw the report's pictures.

    Raises:
        UsageError: the run cannot be read, or there is no such format.
        StoreError: a table or the report cannot be written.
    """
    folder = published(run_dir, raw=raw)
    if unknown := [name for name in formats if name not in FORMATS]:
        raise UsageError(f"--format {unknown[0]}: no such format; there are {', '.join(FORMATS)}")
    wanted = [name for name in FORMATS if name in formats or stands(folder.path, name)]
    done = Publication(folder.path)
    with RunFolder(folder.path).locked():
        done.files += write_products(folder, raw=raw, jobs=jobs)
        for name in wanted:
            try:
                done.files += export(folder.path, name, default_folder(folder.path, name), raw=raw)
            except (UsageError, StoreError) as error:  # the others are written all the same
                done.failed[name] = str(error)
    if isinstance(folder, CuratedFolder):
        done.decisions = sum(len(each.values) for each in folder.decisions.values())
        done.lost = len(folder.lost())
    return done


def write_products(folder: RunFolder, *, raw: bool = False, jobs: int = 1) -> list[Path]:
    """Write the files of a run that people open.

    Args:
        folder: the run, or what is published of it.
        raw: without curators' decisions.
        jobs: processes that draw the report's pictures.
    """
    return [
        write_records_csv(folder, raw=raw),
        write_workbook(folder, raw=raw),
        write_report(folder, scores=_scores(folder.path), jobs=jobs, raw=raw),
    ]


def _scores(folder: Path) -> list[Mapping[str, Any]]:
    """The scores of these records against gold sets, where they stand in the run's folder."""
    if is_remote(folder):
        return []
    made = (folder / "records.jsonl").stat().st_mtime
    found = sorted(path for path in folder.glob("scores/*/scores.json") if path.stat().st_mtime >= made)
    return [json.loads(path.read_bytes()) for path in found]
