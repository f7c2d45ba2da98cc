"""The errors coatmine raises on purpose. Each says what went wrong, where, and what to do."""

from __future__ import annotations

from typing import Literal

Status = Literal["ok", "no_text_layer", "encrypted", "not_a_document", "damaged", "too_large", "timed_out", "failed"]
"""The outcome of an input file; every value but ``ok`` is a failure that cost that file alone."""


class CoatmineError(Exception):
    """Root of all errors that coatmine raises on purpose; its text is meant for the user."""


class UsageError(CoatmineError):
    """The caller asked for something that cannot be done as asked (exit code 2)."""


class BusyError(UsageError):
    """Another run holds the folder; it can be done later as it was asked."""


class ReadError(CoatmineError):
    """One input could not be turned into a Document.

    Attributes:
        status: why, in the vocabulary of documents.jsonl.
        message: one sentence that says what was found and what to do.
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status: Status = status
        self.message = message

    def __reduce__(self) -> tuple[type[ReadError], tuple[Status, str]]:
        """Keep both arguments when the error crosses from the reading process."""
        return type(self), (self.status, self.message)


class GoldError(CoatmineError):
    """A gold set is missing, malformed, or contradicts itself."""


class ModelError(CoatmineError):
    """A recognition model could not be found or loaded."""


class ProcessError(CoatmineError):
    """A process that coatmine starts for its own work did not come up; no input is to blame."""


class RulesError(CoatmineError):
    """A rule on roles, or a word class, is malformed."""


class StoreError(CoatmineError):
    """A database or output folder could not be written."""


class UnreachedError(CoatmineError):
    """Some papers could not be asked for, since a network or a service was away; to try again may help."""
