"""Parameters as the reference shows them: each with its own default, and its type as the docstring has it.

In go the docstrings as griffe reads them. It gives all names of one entry the default and the type of the first, takes
the first of several choices for the default, and a type such as ``int, 2-16`` for an expression. Out comes what the
signature says.
"""

from __future__ import annotations

from typing import Any

import griffe


class Parameters(griffe.Extension):
    """Puts the parameters of public names right, once the package is loaded."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """The names that the package has for its users, and what these have."""
        for name in pkg.exports or ():
            public = pkg[str(name)].final_target
            _put_right(public)
            for member in public.members.values():
                _put_right(member)


def _put_right(member: griffe.Object | griffe.Alias) -> None:
    if isinstance(member, griffe.Class | griffe.Function) and member.docstring is not None:
        for section in member.docstring.parsed:
            if isinstance(section, griffe.DocstringSectionParameters):
                for parameter in section.value:
                    _as_in_signature(parameter, member.parameters)


def _as_in_signature(shown: griffe.DocstringParameter, signature: griffe.Parameters) -> None:
    if shown.name not in signature:
        return
    own = signature[shown.name]
    shown.value = None if own.default is None else str(own.default)
    if any(shown.annotation is other.annotation for other in signature):
        shown.annotation = own.annotation
    elif isinstance(shown.annotation, griffe.ExprTuple):
        shown.annotation = str(shown.annotation).removeprefix("(").removesuffix(")").replace(" - ", "-")
