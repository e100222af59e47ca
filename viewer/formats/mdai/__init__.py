"""MD.ai: exports of annotations, of models' outputs, of DICOM metadata, and exported models."""

from __future__ import annotations

from viewer.formats.format import Format
from viewer.formats.mdai.head_spans import head_spans
from viewer.formats.mdai.import_list import PRODUCTS
from viewer.formats.mdai.index import index
from viewer.formats.mdai.metadata import metadata_ahead, metadata_around
from viewer.formats.mdai.read import open_export
from viewer.formats.mdai.recognising import LOOKED_FOR, recognise, role_of
from viewer.formats.mdai.write import plan

FORMAT = Format(
    name="mdai",
    title="MD.ai",
    looked_for=LOOKED_FOR,
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    role=role_of,
    record_spans=metadata_around,
    ahead=metadata_ahead,
    head_spans=head_spans,
    products=PRODUCTS,
)
