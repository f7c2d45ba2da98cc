"""Mentions to records: which study each named thing belongs to, and in what part it plays there.

A record needs a membrane coat: a row of a study table, or a passage that says which cells a coat came from. A paper
of another subject gives no record.
"""

from pipeline.relations.assembly import VERSION, assemble
from pipeline.relations.judge import weights_file

__all__ = ["VERSION", "assemble", "weights_file"]
