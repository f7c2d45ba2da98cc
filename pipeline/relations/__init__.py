"""Mentions to records: which study each mention belongs to, and its part in it.

A record needs a membrane coat: a row of a study table, or a passage that says which cells a coat came from. A paper
of another subject gives no record, and :func:`silence` says why.
"""

from pipeline.relations.assembly import VERSION, assemble, silence
from pipeline.relations.scorer import weights_file
from pipeline.relations.tables import rows_without_study

__all__ = ["VERSION", "assemble", "rows_without_study", "silence", "weights_file"]
