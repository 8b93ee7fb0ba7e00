"""splunkd's REST: `app.py` routes and authenticates, `endpoints/` holds one family of endpoints a file."""

VERSION = "9.4.0"  # the Splunk whose answers these are
