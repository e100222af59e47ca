"""The taxonomy that goes with an export: among its sources, or beside its main file."""

from __future__ import annotations

from viewer.errors import CannotRead, Issue
from viewer.formats.format import HEAD_BYTES
from viewer.formats.redbrick.recognise import is_taxonomy
from viewer.formats.redbrick.taxonomy import Taxonomy, taxonomy_of
from viewer.model.source import Beside, Source

TAXONOMY_NAME = "taxonomy.json"
_LARGEST_TAXONOMY = 2**26


def taxonomy_near(
    sources: tuple[Source, ...], beside: Beside | None
) -> tuple[Taxonomy | None, tuple[Issue, ...]]:
    """Return the taxonomy among the sources of an export, else the one that lies beside it."""
    for source in sources:
        if is_taxonomy(bytes(source.base[:HEAD_BYTES])):
            return taxonomy_of(source.base), ()
    if beside is None:
        return None, ()
    try:
        path = beside.find(TAXONOMY_NAME)
        data = b"" if path is None else beside.read(path, _LARGEST_TAXONOMY)
    except CannotRead as error:
        sentence = f"The taxonomy beside the export cannot be read: {error}"
        return None, (Issue("warning", "taxonomy-not-read", sentence, TAXONOMY_NAME),)
    return (taxonomy_of(data) if is_taxonomy(data[:HEAD_BYTES]) else None), ()


def taxonomy_beside(sources: tuple[Source, ...], beside: Beside | None) -> tuple[str, ...]:
    """Return the name of the taxonomy that goes with an export without being a source, if any."""
    if beside is None or any(is_taxonomy(bytes(one.base[:HEAD_BYTES])) for one in sources):
        return ()
    return (TAXONOMY_NAME,) if taxonomy_near((), beside)[0] is not None else ()
