"""Rasa's reading of `data/`, once a training: the phrasings are the same, and so is every command that reads them.

Rasa's own importer reads all files anew for each that asks, and each time that phrasings are merged it copies all of them by
taking them apart and hashes all of them to leave out duplicates: together a sixth of a training. A training makes an importer of
its own, so what was edited is seen by the next one.
"""

from __future__ import annotations

import gc
import json
from copy import deepcopy
from functools import cached_property
from typing import Any

from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.io import deep_container_fingerprint, get_text_hash


class Phrasing(Message):
    """A message that is copied at little cost, and hashed anew only when it changed."""

    _cached_fingerprint: str | None

    @classmethod
    def of(cls, message: Message) -> Phrasing:
        """The same in this form."""
        made = cls.__new__(cls)
        made.__dict__.update(message.__dict__)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Phrasing:
        """(see `copy.deepcopy`) What is written stays shared: it can't change."""
        made = Phrasing.of(self)
        made.data = {key: value if isinstance(value, str) else deepcopy(value, memo) for key, value in self.data.items()}
        made.features = deepcopy(self.features, memo)
        made.output_properties = set(self.output_properties)
        return made

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """(see parent class for full docstring) Rasa strips each intent anew; mostly nothing changes."""
        if not isinstance(info, str) or self.data.get(prop) != info or add_to_output:
            super().set(prop, info, add_to_output)

    def fingerprint(self) -> str:
        """(see parent class for full docstring) One hash of all, instead of a hash of the hashes of each."""
        if self._cached_fingerprint is None:
            told = json.dumps([self.data, self.features], sort_keys=True, default=deep_container_fingerprint)
            self._cached_fingerprint = get_text_hash(told)
        return self._cached_fingerprint


class OneReading(RasaFileImporter):
    """Rasa's importer of files, which reads the phrasings once."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """(see parent class for full docstring)"""
        return self._phrasings

    @cached_property
    def _phrasings(self) -> TrainingData:
        gc.freeze()  # what was imported lasts, and so do the phrasings: the collector needn't walk over them time and again
        read = [load_data(file) for file in self._nlu_files]
        for each in read:
            each.training_examples = [Phrasing.of(example) for example in each.training_examples]
        merged = TrainingData().merge(*read)
        gc.freeze()
        return merged
