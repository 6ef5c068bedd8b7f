"""Every test makes an application of its own; what was compiled for one serves the others of the same process.

A server in production compiles a template, an address or a statement once and uses it for years; without this, tests
would spend a third of their time on it.
"""

from typing import Any

from flask import Flask
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.routing.matcher import State, StateMachineMatcher
from werkzeug.routing.rules import RulePart

_STATEMENTS: LRUCache[Any, Any] = LRUCache(5000)


def compile_once() -> None:
    """From now on, for every application that this process makes."""
    Flask.jinja_options = {"bytecode_cache": CompiledOnce()}
    Flask.url_rule_class = RuleOnce
    StateMachineMatcher.add = _add_to_table  # type: ignore[method-assign]
    DefaultDialect.__eq__, DefaultDialect.__hash__ = _is_alike, _of_its_kind  # type: ignore[assignment]
    event.listen(Engine, "engine_connect", _share_statements)


class CompiledOnce(BytecodeCache):
    """Jinja's cache of compiled templates, in memory. A template that was changed has another checksum."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()


class RuleOnce(Rule):
    """An address of the application. Its pattern and the functions that build it depend on nothing but its text."""

    _known: dict[tuple[object, ...], dict[str, Any]] = {}
    _parts_known: dict[str, RulePart] = {}

    def compile(self) -> None:
        key = (self.rule, self.subdomain, self.host, self.merge_slashes, repr(self.defaults))
        if key not in self._known:
            super().compile()
            self._parts = [self._parts_known.setdefault(repr(part), part) for part in self._parts]
            names = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
            self._known[key] = {name: getattr(self, name) for name in names}
            return
        known = self._known[key]
        self._parts, self._trace, self._converters = known["_parts"], known["_trace"], known["_converters"]
        self.arguments = set(known["arguments"])
        self._build, self._build_unknown = known["_build"], known["_build_unknown"]


def _add_to_table(table: StateMachineMatcher, rule: Rule) -> None:
    """As Werkzeug does it, which makes a state for each part of each address before it looks whether one is there, and
    compares parts by all that they say: here equal ones are the same.
    """
    state = table._root
    for part in rule._parts:
        if part.static:
            following = state.static.get(part.content)
            if following is None:
                following = state.static[part.content] = State()
        else:
            following = next((one for known, one in state.dynamic if known is part), None)
            if following is None:
                following = State()
                state.dynamic.append((part, following))
        state = following
    state.rules.append(rule)


def _share_statements(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_STATEMENTS)


def _of_its_kind(dialect: DefaultDialect) -> int:
    return hash(type(dialect))


def _is_alike(dialect: DefaultDialect, other: object) -> bool:
    """Each engine has a dialect of its own, and a compiled statement is known by it."""
    return type(dialect) is type(other) and dialect.server_version_info == other.server_version_info
