"""docs/cim.md says what the tables and props.conf do, and how to have rows of one's own works as it says."""

from __future__ import annotations

import csv
import json
import re

from indexed import SAMPLES, event, indexed, raw, samples, simulated

from tools.cim_page import PAGE, page
from tools.event_types import COLUMNS, TABLE
from tools.event_types import rows as event_types

OWN = "okta_itdr_event_types.csv"


def test_the_page_is_as_the_files_are():
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tools/run.py tools.cim_page`"


def test_it_has_every_type_that_samples_and_simulator_write_and_that_is_in_a_model():
    seen = {json.loads(each)["eventType"] for each in simulated()}
    seen |= {body["eventType"] for body in samples()} if SAMPLES.is_file() else set()
    modelled = {row["event_type"] for row in event_types() if row["cim_model"] != "none"}
    said = set(re.findall(r"`([^`\s]+)`", PAGE.read_text(encoding="utf-8")))
    assert not (seen & modelled) - said


def test_a_table_of_one_s_own_takes_over_what_a_new_version_brings():
    text = PAGE.read_text(encoding="utf-8")
    (make,) = re.findall(r"`(\| inputlookup [^`]+ \| outputlookup [^`]+)`", text)
    take_over = text.partition("```\n")[2].partition("```")[0]
    with indexed([raw(event("user.session.start"))]) as log:
        table = log.instance.apps.home("TA_okta_itdr") / "lookups" / OWN
        log.rows(make)
        kept = _read(table)
        assert kept == event_types()

        kept[0]["admin_weight"], left_out = "5", kept.pop()
        kept.append({**dict.fromkeys(COLUMNS, ""), "event_type": "user.hologram.project", "cim_model": "none"})
        with open(table, "w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(kept)
        log.rows(take_over)
        assert _read(table) == [*kept, left_out]
    assert TABLE.name != OWN


def _read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [dict(row) for row in csv.DictReader(file)]
