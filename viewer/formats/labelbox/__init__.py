"""Labelbox: exports v2 and v1 as NDJSON or JSON, and files for import."""

from __future__ import annotations

from viewer.formats.format import Format
from viewer.formats.labelbox.belonging import companions
from viewer.formats.labelbox.index import index, parts
from viewer.formats.labelbox.products import PRODUCTS
from viewer.formats.labelbox.read import open_export
from viewer.formats.labelbox.recognising import recognise, role
from viewer.formats.labelbox.write import plan
from viewer.formats.surroundings import Rows

_ROWS = Rows("Row")
FORMAT = Format(
    name="labelbox",
    title="Labelbox",
    looked_for='rows with the key "data_row", "DataRow ID" or "dataRow"',
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    record_spans=_ROWS.around,
    ahead=_ROWS.ahead,
    head_spans=_ROWS.every,
    companions=companions,
    parts=parts,
    role=role,
    products=PRODUCTS,
)
