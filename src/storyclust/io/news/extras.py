"""The libraries that formats are read with: loaded when they are needed, and missed with the words that bring them."""

from __future__ import annotations

import importlib
from typing import Any

from storyclust.errors import MissingDependencyError


def require(module: str, what: str, extra: str) -> Any:
    """Import a module that an extra of this package installs.

    Raises
    ------
    MissingDependencyError
        If it cannot be imported.

    Examples
    --------
    >>> require("no_such_module", "ninjs bodies in HTML need", "ninjs")
    Traceback (most recent call last):
    storyclust.errors.MissingDependencyError: ninjs bodies in HTML need no_such_module, which cannot be imported: ...
    """
    try:
        return importlib.import_module(module)
    except ImportError as problem:
        raise MissingDependencyError(
            f"{what} {module.partition('.')[0]}, which cannot be imported: {problem}. "
            f'Install it with: pip install "storyclust[{extra}]"'
        ) from problem
