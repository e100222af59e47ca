"""Encord: label rows of images, videos, DICOM series and volumes, with an ontology beside."""

from __future__ import annotations

from viewer.formats.encord.index import index
from viewer.formats.encord.read import ROWS, around, open_export
from viewer.formats.encord.recognising import LOOKED_FOR, recognise, role
from viewer.formats.encord.write import plan
from viewer.formats.format import Format

FORMAT = Format(
    name="encord",
    title="Encord",
    looked_for=LOOKED_FOR,
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    role=role,
    record_spans=around,
    head_spans=ROWS.every,
    ahead=ROWS.ahead,
)
