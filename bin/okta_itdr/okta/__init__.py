"""Okta's API as it is: requests, links, limits, refusals. Nothing here knows Splunk."""
