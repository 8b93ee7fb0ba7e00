"""receivers/simple: one POST, its body indexed (REST API Reference, "Input endpoint descriptions")."""

from __future__ import annotations

from xml.sax.saxutils import escape

from lab.splunkd.indexes import Arrival, Indexes, UnknownIndex
from lab.splunkd.rest.atom import XML, Reply
from lab.splunkd.rest.request import Endpoint, Refusal, Request, endpoint


def endpoints(indexes: Indexes, server_name: str) -> list[Endpoint]:
    def simple(request: Request) -> Reply:
        index = request.argument("index", "main")
        origin = {
            "host": request.argument("host", server_name),
            "source": request.argument("source", "www"),
            "sourcetype": request.argument("sourcetype", "www"),
        }
        request.done()
        if not request.body:
            raise Refusal(400, "No data")
        try:
            text = request.body.decode("utf-8")
            indexes.add([Arrival(text, index=index, **origin)])
        except UnicodeDecodeError as error:
            raise Refusal(400, f"The data is not UTF-8: {error}") from None
        except UnknownIndex:
            raise Refusal(400, f"supplied index '{index}' missing") from None
        fields = {"_index": index, "bytes": str(len(request.body)), **origin}
        values = "".join(
            f"<field k='{name}'><value><text>{escape(value)}</text></value></field>" for name, value in fields.items()
        )
        body = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<response><results><result>{values}</result></results></response>'
        )
        return Reply(200, body.encode(), XML)

    return [endpoint(r"receivers/simple", needs={"POST": "edit_tcp"}, takes_form=False, POST=simple)]
