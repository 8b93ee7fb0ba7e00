"""The add-on before pytest-splunk-addon, the tool by which Splunk's own add-ons are judged.

`samples.py` writes what the tool ingests, `tool.py` runs it as it is, `verdict.py` reads what it said.
"""
