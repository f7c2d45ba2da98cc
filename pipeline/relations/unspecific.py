"""Unspecific names: "the tumour", "nanoparticles", "cells"."""

from __future__ import annotations

import re
from typing import Final

_UNSPECIFIC: Final = re.compile(
    r"(?:the )?(?:solid |malignant |primary |metastatic |human |various )?"
    r"(?:cancers?|tumou?rs?|neoplasms?|malignan\w+|diseases?|metastas[ie]s|drugs?|therap(?:y|ies)|treatments?|animals?"
    r"|inflammation|cells?|nanocarriers?|particles?|nps?)",
    re.IGNORECASE,
)

_CANCER_CELLS: Final = frozenset({"malignant cell", "malignant cells"})


def is_unspecific(name: str) -> bool:
    """Whether a name says nothing that a record could hold; cancer cells are cells of a kind."""
    return _UNSPECIFIC.fullmatch(name) is not None and name.casefold() not in _CANCER_CELLS
