"""A run as one tidy table, for a notebook."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.export.curated import published
from pipeline.export.facts import Quotes, study_facts
from pipeline.export.runs import Extraction, extractions
from pipeline.folder import RunFolder
from pipeline.records import CoreValue, SizeValue

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "source", "document_id", "record_id", "study", "first_author", "year", "journal", "doi", "formulation", "field",
    "name", "curie", "text", "value", "unit", "approximate", "of", "materials", "score", "channel", "decision",
    "decided_by", "page", "where", "sentence",
)  # fmt: skip


def tidy(run_dir: Path | str, *, raw: bool = False) -> pd.DataFrame:
    """The values of a run, one row each, in the order of the records.

    Args:
        run_dir: the folder that ``coatmine extract`` wrote.
        raw: without curators' decisions.

    Returns:
        A table with the columns :data:`COLUMNS`; ``value``, ``unit``, ``approximate`` and ``of`` are those of a size,
        ``materials`` those of a core; ``page``, ``where`` and ``sentence`` are those of the first piece of evidence,
        ``page`` missing where the format has no pages.

    Raises:
        UsageError: the run cannot be read.
    """
    import pandas as pd  # takes a second to import

    folder = published(run_dir, raw=raw)
    rows = [row for extraction in extractions(folder) for row in _rows(extraction, folder)]
    kinds = {"value": "float64", "page": "Int64", "year": "Int64", "approximate": "boolean"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def _rows(extraction: Extraction, folder: RunFolder) -> Iterator[dict[str, Any]]:
    if not extraction.records:
        return
    quotes = Quotes(folder.document(extraction.records[0].document_id))
    mentions = {mention.id: mention for mention in extraction.mentions}
    for record in extraction.records:
        study = study_facts(record, quotes.document)
        about = {
            "source": extraction.outcome.source,
            "document_id": record.document_id,
            "record_id": record.id,
            "study": study.key,
            "first_author": study.first_author or None,
            "year": study.year,
            "journal": study.journal or None,
            "doi": record.study.doi,
            "formulation": record.formulation,
        }
        for name, value in record.items():
            size = value if isinstance(value, SizeValue) else None
            core = value if isinstance(value, CoreValue) else None
            quote = quotes.of(mentions[value.evidence[0]]) if value.evidence[0] in mentions else None
            yield {
                **about,
                "field": name,
                **value.model_dump(include={"name", "curie", "text", "score", "channel"}),
                "decision": value.decision,
                "decided_by": value.decided_by,
                "value": size and size.value,
                "unit": size and size.unit,
                "approximate": size and size.approximate,
                "of": size and size.of,
                "materials": "; ".join(term.name for term in core.materials) if core else None,
                "page": quote and quote.page,
                "where": quote and quote.where,
                "sentence": quote and quote.text,
            }
