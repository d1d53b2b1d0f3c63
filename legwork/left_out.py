"""Rasa without what nothing here uses: TensorFlow, other channels' and databases' libraries, pictures, spaCy's pipelines.

Rasa imports every component, channel and store that it knows, and with them what each of them is built on: 400 MB and seconds of
a start. With `keep_out` their modules load all the same: what they name of a library that is left out is a class that does nothing, good
for a base class, an annotation or a decorator. Whoever would really use it, a model trained with DIET, TED or a ResponseSelector, is
refused with what to do. It must be called before Rasa is imported.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

LEARNING = (
    *("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras", "h5py"),
    *("sklearn", "spacy.ml", "spacy.pipeline"),
)
"""Packages, with all that is in them, of components that Legwork doesn't use. scikit-learn learns our models; to use them takes none of it."""

AROUND = (
    *("aiogram", "fbmessenger", "mattermostwrapper", "rocketchat_API", "slack_sdk", "socketio", "twilio", "webexteamssdk"),
    *("google.auth", "google.oauth2", "cachecontrol", "prompt_toolkit", "questionary"),
    *("aio_pika", "aiormq", "boto3", "botocore", "pymongo", "bson"),
    *("matplotlib", "pydot", "sentry_sdk", "spacy.cli", "scipy.stats"),
)
"""Likewise of Rasa's channels, stores, pictures and reports, which no component needs; scipy's statistics are the reports', and scikit-learn's."""

OPTIONAL = ("rich", "jinja2", "jax")
"""Packages that whoever imports them does without where they are not installed."""


class _Stands(type):
    """The class of all stand-ins: each name of one is another one."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Stands(name, (), {})
        setattr(cls, name, made)
        return made

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # A decorator leaves what it decorates; anything else gives a stand-in that can be called in turn.
        return args[0] if len(args) == 1 and not kwargs and callable(args[0]) else cls


class _Absent(ModuleType):
    """A module that is left out."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Stands(name, (), {})
        setattr(self, name, made)
        return made


class _Guard(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds stand-ins where what is left out is looked for."""

    def __init__(self, names: Sequence[str]) -> None:
        """`names`: what is left out."""
        self.names, self._inside = frozenset(names), tuple(f"{name}." for name in names)
        self._around = {name.rpartition(".")[0] for name in names} - {""}

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """(see parent class for full docstring)"""
        if name in OPTIONAL:
            raise ModuleNotFoundError(f"{name} is left out", name=name)
        left_out = name in self.names or name.startswith(self._inside)
        if not left_out and name in self._around and importlib.machinery.PathFinder.find_spec(name, path) is None:
            left_out = True  # `google` is nobody's: it is there when one of those that share it is installed
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if left_out else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """(see parent class for full docstring)"""
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """(see parent class for full docstring)"""


def keep_out(*, learning: bool = True) -> bool:
    """Keeps them from loading in this process; False when Rasa or TensorFlow is loaded already.

    Without `learning`, a model trained with any of Rasa's components can be used.
    """
    if _guards():
        return True
    if "tensorflow" in sys.modules or "rasa" in sys.modules:
        return False
    if "_distutils_hack" in sys.modules:
        # Sanic asks Python's own distutils for one function; setuptools would answer with all of itself.
        sys.modules["_distutils_hack"].remove_shim()
    sys.meta_path.insert(0, _Guard(AROUND + LEARNING if learning else AROUND))
    return True


def is_out() -> bool:
    """Whether the components' packages are kept out of this process."""
    return any(guard.names.issuperset(LEARNING) for guard in _guards())


def _guards() -> list[_Guard]:
    return [finder for finder in sys.meta_path if isinstance(finder, _Guard)]
