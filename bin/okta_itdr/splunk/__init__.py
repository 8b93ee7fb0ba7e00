"""The only adapters to Splunk."""

APP = "TA_okta_itdr"
SETTINGS = "ta_okta_itdr_settings"  # the conf file of the add-on's pages
