"""Rasa's own check of data and domain, with its warnings as failures.

`rasa data validate` exits with 0 on most of what it warns of, even with `--fail-on-warnings`.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from functools import lru_cache

import pytest

from legwork.settings import ROOT

pytestmark = pytest.mark.slow

ALLOWED = {
    # Retrieval intents stand in domain.yml by their family, once for all their topics (documented so).
    r"duplicated intents have been found across multiple domain files: complaint, faq, smalltalk": "family intents",
    # The entity and the slot `topic` share a name, and actions set the slot.
    r"^Slot auto-fill has been removed": "no slot is filled by itself",
    # Responses are uttered by actions, by name; tests/test_house.py finds the dead ones.
    r"^The utterance '[^']+' is not used in any story or rule\.$": "said by actions",
    # Set by legwork/nlu/understanding.py and legwork/nlu/safety, never trained; tests/test_house.py checks that.
    r"The intent '(?:safety|safety_asked|safety_cleared|several|clarify|choose|answer|stop|inbox)' is listed in the domain file, "
    r"but is not found in the NLU training data\.": "set by components",
}
"""Warnings that are right to be there, each with its reason."""


@lru_cache(maxsize=1)
def said_by_rasa() -> tuple[str, ...]:
    """Everything that the validator warns of on the shipped data."""
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.validator import Validator

    logged: list[str] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = lambda record: logged.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("rasa").addHandler(listener)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        importer = TrainingDataImporter.load_from_dict(
            config_path=str(ROOT / "config.yml"), domain_path=str(ROOT / "domain.yml"), training_data_paths=[str(ROOT / "data")]
        )
        validator = Validator.from_importer(importer)
        good = {
            "verify_intents": validator.verify_intents(ignore_warnings=False),
            "verify_intents_in_stories": validator.verify_intents_in_stories(ignore_warnings=False),
            "verify_example_repetition_in_intents": validator.verify_example_repetition_in_intents(ignore_warnings=False),
            "verify_actions_in_stories_rules": validator.verify_actions_in_stories_rules(),
            "verify_forms_in_stories_rules": validator.verify_forms_in_stories_rules(),
            "verify_form_slots": validator.verify_form_slots(),
            "verify_slot_mappings": validator.verify_slot_mappings(),
            "verify_domain_validity": validator.verify_domain_validity(),
            "verify_story_structure": validator.verify_story_structure(ignore_warnings=False),
            "verify_utterances_in_stories": validator.verify_utterances_in_stories(ignore_warnings=False),
        }
    logging.getLogger("rasa").removeHandler(listener)
    # Rasa's libraries deprecate each other; that is no business of this test.
    said = [
        str(w.message)
        for w in caught
        if not issubclass(w.category, (DeprecationWarning, PendingDeprecationWarning, ResourceWarning))
    ]
    return (*said, *logged, *(f"{name} fails" for name, verdict in good.items() if not verdict))


def unexpected(messages: tuple[str, ...]) -> Iterator[str]:
    """Those that no line of `ALLOWED` explains."""
    for message in messages:
        if not any(re.search(pattern, message) for pattern in ALLOWED):
            yield message


def test_rasa_finds_nothing_wrong() -> None:
    """Nothing but the warnings that are allowed by name."""
    assert list(unexpected(said_by_rasa())) == []


@pytest.mark.parametrize("pattern", ALLOWED, ids=ALLOWED.values())
def test_allowed_warnings_still_occur(pattern: str) -> None:
    """A reason that nothing needs any more is taken out of the list."""
    assert any(re.search(pattern, message) for message in said_by_rasa())


def test_a_fault_would_be_found() -> None:
    """Another warning is not let through."""
    assert list(unexpected(("The intent 'fqa' is in the NLU training data, but is not listed in the domain.",)))
