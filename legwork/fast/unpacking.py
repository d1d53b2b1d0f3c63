"""A model is unpacked in one pass, and its domain is read once.

Replaces `TarSafe`, which unpacks the whole archive once to look for paths that lead out of it and once more to write it, by
Python's own `data` filter, which refuses the same as it goes; and `DomainProvider.load`, which parses the domain four times, once
of them against its schema: what the training wrote was checked when it was trained.
"""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

import rasa.engine.storage.local_model_storage as storage
import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain


class Archive(tarfile.TarFile):
    """A model's archive."""

    extraction_filter = staticmethod(tarfile.data_filter)


def read(folder: Path) -> Domain:
    """The domain that a training wrote into `folder`."""
    (file,) = folder.iterdir()
    return Domain.from_dict(rasa.shared.utils.io.read_yaml(rasa.shared.utils.io.read_file(file)))


def _load(
    cls: type[DomainProvider],
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **kwargs: Any,
) -> DomainProvider:
    with model_storage.read_from(resource) as folder:
        return cls(model_storage, resource, read(folder))


def install() -> None:
    """Takes the place of Rasa's."""
    storage.TarSafe = Archive  # type: ignore[misc]
    DomainProvider.load = classmethod(_load)  # type: ignore[method-assign,assignment]
