"""A hunt's findings as one HTML file for whoever has to act on them: no script, no call to anywhere, whole on paper.

`gather` asks the add-on's own searches for what the page needs, `page` lays it out, `file` writes it whole or not at
all. Nothing here reads Okta's JSON: fields come from searches with the shipped macros.
"""
