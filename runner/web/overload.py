"""Which function of a name is meant by the arguments of a request."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .catalogue import Function
from .payload import JSON_MEDIA
from .problem import Problem

WHOLE_BODY = {
    **dict.fromkeys(JSON_MEDIA, ("json", "jsonb")),
    "text/plain": ("text",),
    "text/xml": ("xml",),
    "application/xml": ("xml",),
    "application/octet-stream": ("bytea",),
}
"""Types of the single unnamed parameter that takes a whole body, by its media type."""


def find_function(
    functions: Sequence[Function],
    schema: str,
    name: str,
    given: Collection[str],
    *,
    media: str | None,
) -> Function:
    """The one function that takes these arguments; PGRST202 for none, PGRST203 for several.

    With the media type of a body, a function of one unnamed parameter may take all of it.
    """
    types = WHOLE_BODY.get(media or "", ())
    whole = [f for f in functions if f.unnamed is not None and f.unnamed.type in types]
    if media is not None and not is_named(media):
        found = whole
    else:
        found = [f for f in functions if f.unnamed is None and _takes(f, given)] or whole
    if len(found) == 1:
        return found[0]
    if found:
        raise Problem(
            300,
            "PGRST203",
            "Could not choose the best candidate function between: "
            + ", ".join(_signature(f) for f in found),
            hint="Try renaming the parameters or the function itself in the database so"
            " function overloading can be resolved",
        )
    raise _none(functions, schema, name, given)


def is_named(media: str) -> bool:
    """True for bodies whose keys are names of parameters."""
    return media in JSON_MEDIA or media == "application/x-www-form-urlencoded"


def _takes(function: Function, given: Collection[str]) -> bool:
    names = {p.name for p in function.parameters}
    needed = {p.name for p in function.parameters if p.required and not p.variadic}
    return "" not in names and needed <= set(given) <= names


def _signature(function: Function) -> str:
    parameters = ", ".join(f"{p.name} => {p.type}" for p in function.parameters)
    return f"{function.schema}.{function.name}({parameters})"


def _none(functions: Sequence[Function], schema: str, name: str, given: Collection[str]) -> Problem:
    listed = ", ".join(sorted(given))
    called = f"{schema}.{name}({listed})" if given else f"{schema}.{name}"
    how = f"with parameters {listed}" if given else "without parameters"
    return Problem(
        404,
        "PGRST202",
        f"Could not find the function {called} in the schema cache",
        details=f"Searched for the function {schema}.{name} {how} or with a single unnamed"
        " parameter, but no matches were found in the schema cache.",
        hint=f"Perhaps you meant to call the function {_signature(functions[0])}"
        if functions
        else None,
    )
