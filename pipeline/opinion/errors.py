"""What can go wrong with an opinion."""

from pipeline.errors import CoatmineError


class OpinionError(CoatmineError):
    """There is no opinion on a study."""
