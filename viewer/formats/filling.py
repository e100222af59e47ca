"""Typed values from a text that the fast parser refuses: everything in it that is whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from types import UnionType
from typing import TypeAlias, TypeVar, Union, cast, get_args, get_origin

import msgspec

from viewer.errors import Issue
from viewer.formats.json_tools import BadJson, Bytes, Walker, first_byte, text_of, value_of
from viewer.formats.problems import Misfits, not_strict
from viewer.formats.values import shown_text

Keep: TypeAlias = Callable[[object], None]
Where: TypeAlias = tuple[str, str]  # the key of what a key stands in, and the key; "" for the file
_S = TypeVar("_S", bound=msgspec.Struct)


@dataclass(eq=False)
class Filled:
    """What could be read of a text.

    Args:
        values: as many as there are documents, or entries of lists of them.
        broken: where and why reading ended too early.
        issues: what else is odd.
    """

    values: list[msgspec.Struct] = field(default_factory=list[msgspec.Struct])
    broken: BadJson | None = None
    issues: list[Issue] = field(default_factory=list[Issue])


def filled(
    data: Bytes, kind: type[_S], ragged: frozenset[str] = frozenset()
) -> tuple[list[_S], Filled]:
    """Return every object of a text as a `kind`, with all of its fields that are sound.

    The text is one object, a list of objects, or several of these in a row. A `msgspec.Raw` is a
    view into `data`, as the fast parser's are. Values of another type than their field's count as
    absent; keys beyond the fields are passed over.

    Args:
        ragged: keys of raw values that are kept as far as they go where the text breaks off.
    """
    found = Filled()
    filler = _Filler(memoryview(data), ragged)
    documents = 0
    walker = Walker(filler.data, first_byte(data))
    keep = cast("Keep", found.values.append)
    try:
        while walker.start() < len(data):
            documents += 1
            if walker.is_array():
                for _ in walker.elements():
                    filler.value(walker, kind, keep, ("", ""))
            else:
                filler.value(walker, kind, keep, ("", ""))
    except BadJson as error:
        found.broken = error
    found.issues.extend(misfits.issue() for misfits in filler.misfits.values())
    if documents == 1 and not found.issues and found.broken is None:
        found.issues.extend(not_strict(data))
    return cast("list[_S]", found.values), found


@dataclass(eq=False)
class _Filler:
    data: memoryview
    ragged: frozenset[str]
    misfits: dict[Where, Misfits] = field(default_factory=dict[Where, Misfits])

    def value(self, walker: Walker, kind: object, keep: Keep, where: Where) -> None:
        """Read the value here as a `kind` and hand it to `keep`: containers before their content.

        So what was complete is kept where the text breaks off.
        """
        if _is_raw(kind):
            self._raw(walker, keep, where[1])
            return
        plain = _container(kind, is_list=walker.is_array())
        if get_origin(plain) is dict and walker.is_object():
            made = dict[str, object]()
            keep(made)
            for name in self._names(walker):
                self.value(walker, get_args(plain)[1], partial(made.__setitem__, name), where)
        elif get_origin(plain) is list and walker.is_array():
            listed = list[object]()
            keep(listed)
            for _ in walker.elements():
                self.value(walker, get_args(plain)[0], listed.append, where)
        elif isinstance(plain, type) and walker.is_object():
            self._struct(walker, plain, keep, where[1])
        else:
            self._scalar(walker, kind, keep, where)

    def _raw(self, walker: Walker, keep: Keep, key: str) -> None:
        at = walker.at
        try:
            start, end = walker.skip()
        except BadJson:
            if key in self.ragged:
                keep(msgspec.Raw(self.data[at:]))
            raise
        keep(msgspec.Raw(self.data[start:end]))

    def _struct(self, walker: Walker, kind: type[msgspec.Struct], keep: Keep, key: str) -> None:
        made = kind()
        keep(made)
        fields = _fields(kind)
        for name in self._names(walker):
            if name in fields:
                known = fields[name]
                set_it = partial(setattr, made, known.name)
                self.value(walker, known.type, set_it, (key, name))
            else:
                walker.skip()

    def _names(self, walker: Walker) -> Iterator[str]:
        for key, _ in walker.members():
            yield shown_text(text_of(self.data[key.start : key.end]))

    def _scalar(self, walker: Walker, kind: object, keep: Keep, where: Where) -> None:
        start, end = walker.skip()
        token = bytes(self.data[start:end])
        try:
            value = value_of(token)
            made = shown_text(value) if isinstance(value, str) else value
            keep(msgspec.convert(made, kind))
        except (BadJson, msgspec.ValidationError):
            if token != b"null":
                self._note(kind, where, start, token)

    def _note(self, kind: object, where: Where, at: int, token: bytes) -> None:
        options = {str: "text", float: "number", int: "number", bool: "yes or no"}
        plain = _container(kind, is_list=False)
        wanted = "list" if get_origin(plain) is list else "object"
        for option in _options(kind):
            wanted = options.get(option, wanted) if isinstance(option, type) else wanted
        of, key = where
        misfits = self.misfits.setdefault(where, Misfits(key, of, wanted, at, token))
        misfits.count += 1


def _is_raw(kind: object) -> bool:
    return msgspec.Raw in _options(kind)


def _options(kind: object) -> tuple[object, ...]:
    """Return the types of a union, or the one that it is."""
    return get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)


@cache
def _fields(kind: type[msgspec.Struct]) -> dict[str, msgspec.structs.FieldInfo]:
    return {known.encode_name: known for known in msgspec.structs.fields(kind)}


def _container(kind: object, *, is_list: bool) -> object:
    """Return the struct, list or dict of a type that may also be None or unset; None without.

    Args:
        is_list: which of them is wanted where the type may be a list or an object.
    """
    found = [option for option in _options(kind) if _is_container(option)]
    fitting = [option for option in found if (get_origin(option) is list) == is_list]
    return next(iter((*fitting, *found)), None)


def _is_container(option: object) -> bool:
    if get_origin(option) in (list, dict):
        return True
    return isinstance(option, type) and issubclass(option, msgspec.Struct)
