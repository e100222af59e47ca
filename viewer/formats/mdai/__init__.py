"""MD.ai annotation exports (JSON)."""

from __future__ import annotations

from viewer.formats.format import Format
from viewer.formats.mdai.head_spans import head_spans
from viewer.formats.mdai.index import index
from viewer.formats.mdai.read import open_export, recognise
from viewer.formats.mdai.write import plan

FORMAT = Format(
    name="mdai",
    title="MD.ai",
    looked_for='the keys "labelGroups" and "datasets" of an annotation export',
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    head_spans=head_spans,
)
