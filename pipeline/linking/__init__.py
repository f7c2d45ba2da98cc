"""Names and the public identifiers they stand for: lexicons, their matcher, and the linker."""

from pipeline.linking.kinds import Kinds, kinds_of_diseases, kinds_of_modalities, own_kinds
from pipeline.linking.labels import called
from pipeline.linking.lexicon import Hit, Lexicon, read_entries, shipped_lexicon
from pipeline.linking.linker import Link, link
from pipeline.linking.schema import Entry
from pipeline.linking.user_lexicon import user_rows

__all__ = [
    "Entry",
    "Hit",
    "Kinds",
    "Lexicon",
    "Link",
    "called",
    "kinds_of_diseases",
    "kinds_of_modalities",
    "link",
    "own_kinds",
    "read_entries",
    "shipped_lexicon",
    "user_rows",
]
