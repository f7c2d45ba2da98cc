"""Names and the public identifiers they stand for: lexicons, their matcher, and the linker."""

from pipeline.linking.lexicon import Entry, Hit, Lexicon, read_entries, shipped_lexicon
from pipeline.linking.linker import Link, link

__all__ = ["Entry", "Hit", "Lexicon", "Link", "link", "read_entries", "shipped_lexicon"]
