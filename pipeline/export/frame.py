"""A run as one tidy table, for a notebook."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.export.curated import published
from pipeline.records import SizeValue

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "source", "document_id", "record_id", "study", "doi", "formulation", "field", "name", "curie", "text",
    "value", "unit", "score", "channel", "decision", "decided_by", "page",
)  # fmt: skip


def tidy(run_dir: Path | str, *, raw: bool = False) -> pd.DataFrame:
    """The values of a run, one row each, in the order of the records.

    Args:
        run_dir: what ``coatmine extract`` wrote.
        raw: as the run found it, whatever curators decided.

    Returns:
        A table with the columns :data:`COLUMNS`; ``value`` and ``unit`` are those of a size, ``page`` is that of the
        first piece of evidence, missing where the format has no pages.

    Raises:
        UsageError: the run cannot be read.
    """
    import pandas as pd  # takes a second to import

    folder = published(run_dir, raw=raw)
    sources = {outcome.document_id: outcome.source for outcome in folder.outcomes()}
    pages = {mention.id: mention.boxes[0].page for mention in folder.mentions() if mention.boxes}
    rows: list[dict[str, Any]] = []
    for record in folder.records():
        about = {
            "source": sources.get(record.document_id),
            "document_id": record.document_id,
            "record_id": record.id,
            "study": record.study.key,
            "doi": record.study.doi,
            "formulation": record.formulation,
        }
        for field, value in record.items():
            size = value if isinstance(value, SizeValue) else None
            said = value.model_dump(include={"name", "curie", "text", "score", "channel"})
            said |= {"decision": value.decision, "decided_by": value.decided_by}
            measured = {"value": size and size.value, "unit": size and size.unit}
            rows.append({**about, "field": field, **said, **measured, "page": pages.get(value.evidence[0])})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "float64", "page": "Int64"})
