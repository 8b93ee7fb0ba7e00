"""`splunk.clilib.cli_common`: a conf value, asked from splunkd, which alone knows the layers."""

import json
import os

from splunk.rest import simpleRequest


def getConfKeyValue(conf, stanza, key):
    """The value of one key; KeyError where the stanza lacks it."""
    path = f"/servicesNS/nobody/system/configs/conf-{conf}/{stanza}"
    _, content = simpleRequest(path, sessionKey=os.environ.get("LAB_SESSION_KEY"), getargs={"output_mode": "json"})
    return json.loads(content)["entry"][0]["content"][key]
