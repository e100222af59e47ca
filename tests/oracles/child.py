"""Runs an oracle many times in one process of a vendor's environment: its library loads once.

Reads a JSON list of words a line, the script and its arguments; answers with its exit code, what
it printed and what it complained of.
"""

import contextlib
import io
import json
import runpy
import sys
import traceback

for line in sys.stdin:
    sys.argv = json.loads(line)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
            code = 0
        except SystemExit as end:
            code = end.code or 0
            if isinstance(code, str):
                err.write(code)
                code = 1
        except Exception:  # noqa: BLE001  (told, as the interpreter tells it of a script)
            traceback.print_exc()
            code = 1
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
