"""Unspecific names: "the tumour", "nanoparticles", "cells"."""

from __future__ import annotations

from typing import Final

from pipeline.roles import Context

_UNSPECIFIC: Final = Context("name.unspecific")

_CANCER_CELLS: Final = frozenset({"malignant cell", "malignant cells"})


def is_unspecific(name: str) -> bool:
    """Whether a name says nothing that a record could hold; cancer cells are cells of a kind."""
    return _UNSPECIFIC.whole(name) is not None and name.casefold() not in _CANCER_CELLS
