"""The reference: a modular input built as the official add-on's, and as most are: one page after the other, parsed,
written as events of Splunk's SDK with the JSON made anew. Runs on the packaged libraries; argument: the tenant's URL.
"""

import json
import sys
from datetime import datetime, timezone
from urllib.parse import urlsplit

import urllib3
from splunklib.modularinput import Event, EventWriter


def main(url: str, authority: str, kind: str) -> None:
    host = urlsplit(url).hostname
    pool = urllib3.PoolManager(ca_certs=authority)
    writer = EventWriter()
    while url:
        response = pool.request("GET", url, headers={"Accept-Encoding": "gzip"})
        events = json.loads(response.data)
        if not events and kind == "live":
            break
        for event in events:
            published = datetime.strptime(event["published"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
            writer.write_event(
                Event(
                    data=json.dumps(event),
                    time=f"{published.timestamp():.3f}",
                    host=host,
                    source="reference",
                    sourcetype="OktaIM2:log",
                )
            )
        link = response.headers.get("Link")
        url = link[1 : link.index(">")] if link else ""
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
