"""The headings that papers of every field have."""

from __future__ import annotations

import re

NUMBER = r"(?:\d{1,2}(?:\.\d{1,2})*\.?\s+|[IVX]{1,4}\.\s+)?"
MAIN_SECTION = re.compile(
    NUMBER + r"(?:introduction|background|(?:patients?,?\s+)?(?:materials?\s*(?:and|&)\s*)?methods?(?:ology)?"
    r"|methods?\s*(?:and|&)\s*materials?|experimental(?:\s+(?:section|procedures?|methods?|part|details))?"
    r"|results(?:\s*(?:and|&)\s*discussions?)?|discussions?|conclusions?(?:\s+and\s+(?:outlook|perspectives?))?"
    r"|acknowledge?ments?|author(?:s['\u2019])?\s+contributions?"
    r"|(?:declaration\s+of\s+|conflicts?\s+of\s+|competing\s+)(?:competing\s+)?interests?"
    r"|data\s+availability(?:\s+statement)?|funding|supporting\s+information)\s*:?",
    re.IGNORECASE,
)  # fmt: skip
"""A main section's name on a line of its own, with or without its number."""
