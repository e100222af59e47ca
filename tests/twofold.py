"""A format for tests whose exports have further files: MD.ai's, with a list of them in its head."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from viewer.formats import finding, mdai, reading, table
from viewer.formats.format import NewFile, Part, Raw, WriteJob, WritePlan
from viewer.formats.table_bytes import Index
from viewer.model.project import Export
from viewer.model.source import Beside, Insert, Role, Source
from viewer.model.table import Base

FIXTURE = Path(__file__).parent / "data" / "mdai" / "all_modes.json"
NEXT = b"\n// edited"


def twofold(parts: Sequence[Sequence[str]] = (), masks: Sequence[str] = ()) -> bytes:
    """Return a file that calls for parts by any of these names, and for masks."""
    tree = {"parts": parts, "masks": masks, **json.loads(FIXTURE.read_bytes())}
    return json.dumps(tree).encode()


def _head(data: Raw) -> dict[str, list[list[str]]]:
    return json.loads(bytes(data))


def _recognise(head: bytes) -> bool | None:
    if b'"parts"' not in head:
        return False
    return True if b'"maybe"' not in head else (None if b'"surely"' not in head else True)


def _parts(data: Raw) -> tuple[Part, ...]:
    return tuple(Part("frames", tuple(names)) for names in _head(data)["parts"])


def _index(sources: Sequence[Raw]) -> Index:
    return mdai.FORMAT.index(sources[:1])


def _open(
    export: str, sources: tuple[Source, ...], index: Index, beside: Beside | None
) -> tuple[Export, Base]:
    opened, base = mdai.FORMAT.open(export, sources[:1], index, beside)
    return replace(opened, format="twofold", sources=sources), base


def _plan(job: WriteJob) -> WritePlan:
    """Every edit also changes the first part that is there, and the first mask."""
    plan = mdai.FORMAT.plan(job)
    masks = tuple(_head(job.export.sources[0].base)["masks"])
    if not job.edits:
        return replace(plan, copies=masks)
    part = next((one for one in job.export.sources[1:] if one.path), None)
    more = {part.id: (Insert(len(part.base), NEXT),)} if part else {}
    files = tuple(NewFile(str(name), b"a new mask") for name in masks[:1])
    return replace(plan, edits={**plan.edits, **more}, files=files, copies=masks)


def _role(head: bytes) -> Role | None:
    return "ontology" if head.startswith(b'{"taxonomy"') else None


FORMAT = replace(
    mdai.FORMAT,
    name="twofold",
    title="Twofold",
    looked_for='the key "parts"',
    recognise=_recognise,
    parts=_parts,
    index=_index,
    open=_open,
    plan=_plan,
    role=_role,
)


@pytest.fixture
def twofold_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The format is among those that are known."""
    for module in (finding, reading, table):
        monkeypatch.setattr(module, "FORMATS", (FORMAT, *table.FORMATS))
