"""The routes of all apps of a process, compiled once: each test makes apps of its own.

What builds an address is made of the route's own words alone, so that apps can share it. Compiling it
was most of what an app costs.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]


@contextmanager
def compiled_once() -> Iterator[None]:
    """Until the end, a route that was compiled before is not compiled again."""
    compile_builder = Rule._compile_builder
    compiled: dict[tuple[str, tuple[tuple[bool, str], ...], bool], Builder] = {}

    def once(rule: Rule, append_unknown: bool = True) -> Builder:
        if rule.defaults:  # a default goes through the converters of its app
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
        yield
