"""Answers to the questions that an export asks about its labels, and how one of them changes."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

AttributeValue: TypeAlias = "str | float | bool | tuple[str, ...] | None"
AttributeKind = Literal["shown", "text", "number", "boolean", "choice", "choices"]


class Attribute(msgspec.Struct, frozen=True):
    """One answer to a question about an annotation, or about one of its placements.

    Args:
        name: the question as shown.
        value: the answer: text, a number, yes or no, or the names of what was chosen.
        key: what names it in the file, unique within its annotation or placement; "" for a value
            that is shown only.
        kind: "shown" cannot be edited.
        options: what can be chosen, () where the export does not say.
        depth: 0 at the top; answers nested under another follow it, one deeper.
        under: the option of the one above that it is asked for; "" where the file does not say.
        low, high: least and largest number that may be answered, None without a bound.
    """

    name: str
    value: AttributeValue
    key: str = ""
    kind: AttributeKind = "shown"
    options: tuple[str, ...] = ()
    depth: int = 0
    under: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        """The answer in words; nothing without one."""
        match self.value:
            case None:
                return ""
            case bool():
                return "yes" if self.value else "no"
            case tuple():
                return ", ".join(self.value)
            case int() | float():
                return f"{self.value:.12g}"
            case _:
                return str(self.value)


def answered(
    attributes: tuple[Attribute, ...],
    key: str,
    value: AttributeValue,
    asked: tuple[Attribute, ...] = (),
) -> tuple[Attribute, ...]:
    """Return the attributes with another answer to one of them.

    A choice that changes drops the answers nested below the old one: they were asked for an option
    that no longer holds. Of several choices those below an option that is still chosen stay; where
    the file does not say which option they belong to, they go as soon as one is taken away.

    Args:
        attributes: of one annotation or one placement.
        key: of the one that changes.
        value: the answer, of its kind; None takes the answer away.
        asked: the questions that the new answer brings; they follow it unless they are there.

    Raises:
        KeyError: no attribute has this key.
        ValueError: the attribute cannot be edited, or the value is not of its kind.
    """
    numbers = [number for number, each in enumerate(attributes) if each.key == key]
    if not key or not numbers:
        raise KeyError(key)
    at = numbers[0]
    before = attributes[at]
    _check(before, value)
    end = below_ends(attributes, at)
    kept = _still_asked(before, value, attributes[at + 1 : end])
    known = {each.key for each in kept}
    fresh = tuple(each for each in asked if each.key not in known)
    changed = msgspec.structs.replace(before, value=value)
    return (*attributes[:at], changed, *kept, *fresh, *attributes[end:])


def below_ends(attributes: tuple[Attribute, ...], at: int) -> int:
    """Return the number behind the last attribute that is nested below number `at`."""
    end = at + 1
    while end < len(attributes) and attributes[end].depth > attributes[at].depth:
        end += 1
    return end


def _still_asked(
    before: Attribute, value: AttributeValue, nested: tuple[Attribute, ...]
) -> tuple[Attribute, ...]:
    """Return the answers below an attribute that hold for its new value."""
    if value == before.value or before.kind not in ("choice", "choices"):
        return nested
    if before.kind == "choice":
        return ()
    chosen = value if isinstance(value, tuple) else ()
    old = before.value if isinstance(before.value, tuple) else ()
    is_only_more = set(old) <= set(chosen)
    kept: list[Attribute] = []
    under = ""
    for each in nested:
        if each.depth == before.depth + 1:
            under = each.under
        if under in chosen if under else is_only_more:
            kept.append(each)
    return tuple(kept)


def _check(attribute: Attribute, value: AttributeValue) -> None:
    """Refuse a value that is not of the attribute's kind."""
    fits = value is None
    match attribute.kind:
        case "text" | "choice":
            fits = fits or isinstance(value, str)
        case "number":
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            fits = fits or is_number
        case "boolean":
            fits = fits or isinstance(value, bool)
        case "choices":
            fits = fits or isinstance(value, tuple)
        case "shown":
            raise ValueError(f"{attribute.name} can be read only")
    if not fits:
        raise ValueError(f"{value!r} is no answer to {attribute.name}")
