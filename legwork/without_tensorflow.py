"""Rasa without TensorFlow: 350 MB and seconds of start that nothing here uses.

Rasa's default recipe imports every component it knows, and those that we don't use (DIET, TED, ResponseSelector, …) import
TensorFlow. With `keep_out` their modules load all the same: what they name of TensorFlow is a class that does nothing, good for a base class,
an annotation or a decorator. Whoever would really use it, a model trained with one of those components, is refused with what to do.
It must be called before Rasa is imported.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

NAMES = ("tensorflow", "tensorflow_addons", "tensorflow_hub", "tensorflow_text", "keras")


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
    """A module of TensorFlow's."""

    __path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = _Stands(name, (), {})
        setattr(self, name, made)
        return made


class _Guard(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds stand-ins where TensorFlow is looked for."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """(see parent class for full docstring)"""
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in NAMES else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """(see parent class for full docstring)"""
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """(see parent class for full docstring)"""


def keep_out() -> bool:
    """Keeps TensorFlow from loading in this process; False when it is loaded already."""
    if is_out():
        return True
    if "tensorflow" in sys.modules or "rasa" in sys.modules:
        return False
    sys.meta_path.insert(0, _Guard())
    return True


def is_out() -> bool:
    """Whether TensorFlow is kept out of this process."""
    return any(isinstance(finder, _Guard) for finder in sys.meta_path)
