"""DATAGYM: exports of projects and of video tasks, label configurations, semantic maps."""

from __future__ import annotations

from viewer.formats.datagym.given import with_classes
from viewer.formats.datagym.importable import unimportable
from viewer.formats.datagym.index import index
from viewer.formats.datagym.products import PRODUCTS
from viewer.formats.datagym.read import companions, open_export
from viewer.formats.datagym.recognise import LOOKED_FOR, recognise, role_of
from viewer.formats.datagym.write import plan
from viewer.formats.format import Format
from viewer.formats.surroundings import Rows

_ROWS = Rows("Task")
FORMAT = Format(
    name="datagym",
    title="DATAGYM",
    looked_for=LOOKED_FOR,
    recognise=recognise,
    index=index,
    open=open_export,
    plan=plan,
    role=role_of,
    record_spans=_ROWS.around,
    ahead=_ROWS.ahead,
    head_spans=_ROWS.every,
    companions=companions,
    products=PRODUCTS,
    with_classes=with_classes,
    unimportable=unimportable,
)
