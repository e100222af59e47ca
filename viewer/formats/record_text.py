"""The records behind an annotation, as their file spells them."""

from __future__ import annotations

from viewer.formats.json_tools import BadJson, members, text_of
from viewer.model.annotation import AnnotationId
from viewer.model.project import Project

_LONGEST_VALUE = 500  # characters; the raw record has the rest


def record_bytes(project: Project, id: AnnotationId) -> bytes:
    """Return the raw bytes of an annotation's records as opened, one behind the other.

    Empty for an annotation made since.
    """
    if id.new:
        return b""
    return b"\n".join(_records(project, id))


def record_fields(project: Project, id: AnnotationId) -> tuple[tuple[str, str], ...]:
    """Return (key, value as text) of an annotation's records as opened, in file order.

    Strings come without quotes, long values cut off; a damaged record gives what is whole and then,
    under the key "", what is wrong with it.
    """
    found: list[tuple[str, str]] = []
    for record in () if id.new else _records(project, id):
        try:
            found.extend((at.key, _value(record[at.start : at.end])) for at in members(record))
        except BadJson as error:
            found.append(("", str(error)))
    return tuple(found)


def _value(token: bytes) -> str:
    is_text = token[:1] == b'"'
    text = text_of(token) if is_text else token[: 4 * _LONGEST_VALUE].decode("utf-8", "replace")
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} ..."


def _records(project: Project, id: AnnotationId) -> list[bytes]:
    sources = project.exports[id.export].sources
    annotation = project.annotations.opened(id)
    origins = dict.fromkeys(
        origin for placement in annotation.placements for origin in placement.origins
    )
    return [bytes(sources[origin.source].base[origin.start : origin.end]) for origin in origins]
