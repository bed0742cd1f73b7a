"""Values of options that are none: told with what was given and what was expected."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand

# What the framework's check of types calls them.
_EXPECTED = {"int_parsing": "expected a whole number", "float_parsing": "expected a number"}


class Command(TyperCommand):
    """A command whose options say of a wrong value what it was, in plain words."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Take the arguments apart; BadParameter for a value that is none."""
        try:
            return super().parse_args(ctx, args)
        except typer.BadParameter as problem:
            problem.message = _in_plain_words(problem)
            raise


def _in_plain_words(problem: typer.BadParameter) -> str:
    """The message with the value met; as it is, where the framework keeps no account of that."""
    faults: list[dict[str, Any]] = getattr(problem.__cause__, "errors", list)()
    if not faults:
        return problem.message
    fault = faults[0]
    if fault["type"] == "value_error":  # in the words of whoever refused it, which have the value
        return str(fault["ctx"]["error"])
    told = fault["msg"].replace("Input should be", "expected a value")
    return f"{fault['input']!r}; {_EXPECTED.get(fault['type'], told)}"
