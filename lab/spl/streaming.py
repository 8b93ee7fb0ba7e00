"""Which commands work on each row as it comes (Search Reference, "Command types").

`union` interleaves what distributable streaming commands make and appends everything else; a foreach
template may hold streaming commands only.
"""

from __future__ import annotations

_DISTRIBUTABLE = """
    addinfo addtotals convert eval extract fieldformat fields fillnull fromjson highlight iconify iplocation kv lookup
    makemv mvexpand nomv rangemap regex reltime rename replace rex search spath strcat tags tojson typer untable where
    xmlkv xmlunescape xpath
"""
_NOT_STREAMING = """
    addcoltotals append appendcols appendpipe chart datamodel eventstats format from gentimes inputcsv inputlookup join
    loadjob makeresults map metadata multisearch mvcombine outputcsv outputlookup rare rest return reverse savedsearch
    sort stats table tail timechart top transpose tstats union uniq xyseries
"""

DISTRIBUTABLE = frozenset(_DISTRIBUTABLE.split())  # distributable streaming, whatever their options
NOT_STREAMING = frozenset(_NOT_STREAMING.split())  # they need all rows, or make their own
