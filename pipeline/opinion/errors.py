"""Errors of a second opinion."""

from pipeline.errors import CoatmineError


class OpinionError(CoatmineError):
    """There is no opinion on a study."""
