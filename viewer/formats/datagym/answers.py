"""DATAGYM's classifications as answers: `{key: [value..., {child: [...]}...]}`.

The key of an answer is its path, "/weather/daytime", each part percent-encoded. Values are the
keys of options, not what the platform shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from viewer.formats.json_tools import is_list, is_object
from viewer.formats.values import shown_text
from viewer.model.answers import Attribute, AttributeKind, AttributeValue

Types = Mapping[str, tuple[str, ...]]  # of class names, as the list of classes has them
KINDS: Mapping[str, AttributeKind] = {
    "select": "choice",
    "radio": "choice",
    "checklist": "choices",
    "freetext": "text",
}
DEEPEST = 50  # the platform allows four


@dataclass(frozen=True, eq=False)
class Asker:
    """Turns classifications into answers.

    Args:
        types: what the list of classes says.
        questions: of a label configuration, by class id and path.
        is_video: where null is spelled as text.
    """

    types: Types
    questions: Mapping[str, Mapping[str, Attribute]]
    is_video: bool = False

    def answers(self, class_id: str, held: object) -> tuple[Attribute, ...]:
        """Return the answers of an object of classifications, about a label of a class."""
        found = held.items() if is_object(held) else ()
        return tuple(one for key, values in found for one in self.one(class_id, key, values))

    def one(
        self, class_id: str, key: str, values: object, path: str = "", depth: int = 0
    ) -> Iterator[Attribute]:
        """Yield the answer of one classification, and those nested in it.

        Args:
            path: of what it is nested in.
            depth: how deep that is.
        """
        name = shown_text(key)
        if not is_list(values) or depth > DEEPEST:
            yield Attribute(name, "an answer of an unknown form", depth=depth)
            return
        texts = [shown_text(one) for one in values if isinstance(one, str)]
        said = [one for one in texts if not (self.is_video and one == "null")]
        at = f"{path}/{quote(name, safe='')}"
        yield self._asked(self.questions.get(class_id, {}).get(at), name, at, said, depth)
        met: set[str] = set()
        for child in values:
            for inner, below in child.items() if is_object(child) else ():
                if inner in met:
                    yield Attribute(shown_text(inner), "a second answer", depth=depth + 1)
                else:
                    met.add(inner)
                    yield from self.one(class_id, inner, below, at, depth + 1)

    def _asked(
        self, asked: Attribute | None, name: str, path: str, said: Sequence[str], depth: int
    ) -> Attribute:
        kind = asked.kind if asked else self._kind(name, len(said))
        kind = "choices" if len(said) > 1 else kind
        options = asked.options if asked else ()
        value: AttributeValue = tuple(said) if kind == "choices" else next(iter(said), None)
        return Attribute(asked.name if asked else name, value, path, kind, options, depth)

    def _kind(self, name: str, count: int) -> AttributeKind:
        found: list[AttributeKind] = [
            KINDS[one] for one in self.types.get(name, ()) if one in KINDS
        ]
        if count > 1:
            return "choices"
        return found[0] if found else "choice"


def values_of(attribute: Attribute) -> list[str | None]:
    """Return an answer as the values of its list: null stands for none."""
    value = attribute.value
    if isinstance(value, tuple):
        return list(value) or [None]
    return [value if isinstance(value, str) else None]
