"""Runs the application of a [script:…] of restmap.conf: `appserver.py <bin folder> <module.Class>`."""

import importlib
import json
import sys
import traceback

from splunk.persistconn import packet


def application(folder, handler):
    """The handler's application, made once."""
    sys.path.insert(0, folder)
    module, _, name = handler.rpartition(".")
    return getattr(importlib.import_module(module), name)(" ".join(sys.argv), None)


def main(folder, handler):
    app = application(folder, handler)

    def answer(request):
        try:
            found = app.handle(json.dumps(request).encode("utf-8"))
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return {"error": traceback.format_exc().strip().splitlines()[-1]}
        return {"reply": json.loads(found) if isinstance(found, (str, bytes)) else found}

    packet.serve(answer)
    app.done()


if __name__ == "__main__":
    main(*sys.argv[1:3])
