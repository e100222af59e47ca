"""Labelbox exports: v2 as NDJSON or JSON; images, videos and DICOM."""

from __future__ import annotations

from viewer.formats.format import Format
from viewer.formats.labelbox.index import index
from viewer.formats.labelbox.read import open_export, recognise
from viewer.formats.labelbox.write import plan

FORMAT = Format(
    name="labelbox",
    title="Labelbox",
    looked_for='rows with the keys "data_row" and "projects"',
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
)
