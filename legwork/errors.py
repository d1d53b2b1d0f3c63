"""What can go wrong, as one tree.

LegworkError
├── SettingsError      the environment or practice.yml is not as it must be
├── AnswersError       a file of data/ can't be read
├── WeightsError       the sentence encoder's weights are missing or altered
├── StorageError       the database can't be opened, migrated, backed up or restored
├── NotFound           what was asked for doesn't exist (any more)
└── Refused            a client's request is against the rules of the channel
"""

from __future__ import annotations


class LegworkError(Exception):
    """Base of all errors that Legwork raises on purpose. Its text is meant to be read by a person."""


class SettingsError(LegworkError):
    """Raised when a setting is missing, malformed or contradicts another."""


class AnswersError(LegworkError):
    """Raised when a file of data/ isn't written as it must be; names its line and how to mend it."""


class WeightsError(LegworkError):
    """Raised when the sentence encoder's weights are missing or don't have the expected hash."""


class StorageError(LegworkError):
    """Raised when the database can't be opened, migrated, backed up or restored."""


class NotFound(LegworkError):
    """Raised when a conversation, booking or question doesn't exist (any more)."""


class Refused(LegworkError):
    """Raised when a client's request is refused.

    Attributes:
        status: HTTP status that says so, 4xx.
        code: short machine-readable reason, snake_case.
        retry_after: seconds to wait before trying again, or None.
    """

    def __init__(self, status: int, code: str, message: str, retry_after: int | None = None) -> None:
        """Keeps what the channel needs to say it."""
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after = retry_after
