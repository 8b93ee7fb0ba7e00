"""The only adapters to Splunk."""

APP = "TA_okta_itdr"
