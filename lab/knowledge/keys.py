"""Which keys of the conf files it reads the lab implements, passes over, or refuses.

A key that stands in none of these lists is an error where it stands: a typing mistake there is
silent in Splunk and must not be here. `REFUSED` keys are Splunk's, but not the lab's yet: a stanza
that has one may lie there (another app's, say), and using it raises `Unsupported`.
"""

from __future__ import annotations

import re
from typing import Dict, Iterable, Mapping

from lab.knowledge.conf import ConfError, ConfFile, Setting
from lab.spl.errors import Unsupported

INDEXING = """
    TRUNCATE LINE_BREAKER SHOULD_LINEMERGE TIME_PREFIX TIME_FORMAT MAX_TIMESTAMP_LOOKAHEAD TZ
    MAX_DAYS_AGO MAX_DAYS_HENCE DATETIME_CONFIG
"""
EXTRACTION = r"KV_MODE AUTO_KV_JSON KV_TRIM_SPACES EXTRACT-.+ REPORT-.+ FIELDALIAS-.+ EVAL-.+ LOOKUP[-_]?.+"
REFUSED_INDEXING = r"""
    CHARSET LINE_BREAKER_LOOKBEHIND BREAK_ONLY_BEFORE_DATE BREAK_ONLY_BEFORE MUST_BREAK_AFTER MUST_NOT_BREAK_AFTER
    MUST_NOT_BREAK_BEFORE MAX_EVENTS ROUTE_EVENTS_OLDER_THAN LB_CHUNK_BREAKER LB_CHUNK_BREAKER_TRUNCATE
    DETERMINE_TIMESTAMP_DATE_WITH_SYSTEM_TIME TZ_ALIAS MAX_DIFF_SECS_AGO MAX_DIFF_SECS_HENCE ADD_EXTRA_TIME_FIELDS
    INDEXED_EXTRACTIONS METRICS_PROTOCOL STATSD-.+ STATSD_EMIT_SINGLE_MEASUREMENT_FORMAT METRIC-SCHEMA-.+
    PREAMBLE_REGEX FIELD_HEADER_REGEX HEADER_FIELD_.+ FIELD_DELIMITER FIELD_QUOTE TIMESTAMP_FIELDS FIELD_NAMES
    MISSING_VALUE_REGEX JSON_TRIM_BRACES_IN_ARRAY_NAMES TRANSFORMS-.+ RULESET-.+ RULESET_DESC-.+ SEDCMD-.+
    CHECK_FOR_HEADER SEGMENTATION SEGMENTATION-.+ PREFIX_SOURCETYPE sourcetype HEADER_MODE unarchive_.+
"""
REFUSED_EXTRACTION = "MATCH_LIMIT DEPTH_LIMIT rename priority"


class KeyList:
    """Keys, each a regular expression where it stands for several (`EXTRACT-.+`)."""

    def __init__(self, words: str) -> None:
        self.words = tuple(words.split())
        self._match = re.compile("(?:" + "|".join(self.words or ("(?!)",)) + r")\Z").match

    def __contains__(self, key: str) -> bool:
        return self._match(key) is not None


IMPLEMENTED: Dict[str, KeyList] = {
    "props": KeyList(INDEXING + EXTRACTION),
    "transforms": KeyList(
        """REGEX FORMAT SOURCE_KEY MV_ADD CLEAN_KEYS KEEP_EMPTY_VALS DELIMS FIELDS
        filename collection external_type fields_list max_matches min_matches default_match
        case_sensitive_match match_type filter external_cmd max_ext_batch python\\.version
        time_field time_format max_offset_secs min_offset_secs"""
    ),
    "macros": KeyList("args definition validation errormsg iseval"),
    "eventtypes": KeyList("disabled search priority"),
    "tags": KeyList(".+"),  # the keys are the tags
    "collections": KeyList(r"enforceTypes field\..+"),
    "commands": KeyList(r"chunked filename command\.arg\..+ python\.version disabled maxwait maxchunksize"),
}

# Of no consequence to what the lab does with the file: the UI, other machines, performance.
IRRELEVANT: Dict[str, KeyList] = {
    "props": KeyList(
        """EVENT_BREAKER EVENT_BREAKER_ENABLE ANNOTATE_PUNCT NO_BINARY_CHECK detect_trailing_nulls CHECK_METHOD
        initCrcLength LEARN_SOURCETYPE LEARN_MODEL maxDist force_local_processing pulldown_type description
        category given_type _actions"""
    ),
    "transforms": KeyList(
        """CAN_OPTIMIZE index_fields_list batch_index_query allow_caching cache_size check_permission
        replicate reverse_lookup_honor_case_sensitive_match python\\.required"""
    ),
    "macros": KeyList("description"),
    "eventtypes": KeyList("description color tags"),
    "tags": KeyList(""),
    "collections": KeyList(r"accelerated_fields\..+ profiling\w+ replicate replication_dump_\w+ type"),
    # All but the first three are of protocol version 1 alone, which the lab does not run.
    "commands": KeyList(
        r"""is_risky run_in_preview python\.required
        type local perf_warn_limit streaming maxinputs passauth enableheader retainsevents generating
        generates_timeorder overrides_timeorder requires_preop streaming_preop required_fields supports_multivalues
        supports_getinfo supports_rawargs undo_scheduler_escaping requires_srinfo needs_empty_results
        changes_colorder outputheader clear_required_fields stderr_dest is_order_sensitive pass_timezone"""
    ),
}

REFUSED: Dict[str, KeyList] = {
    "props": KeyList(REFUSED_INDEXING + REFUSED_EXTRACTION),
    "transforms": KeyList(
        """MATCH_LIMIT DEPTH_LIMIT CLONE_SOURCETYPE LOOKAHEAD WRITE_META DEST_KEY DEFAULT_VALUE REPEAT_MATCH INGEST_EVAL
        STOP_PROCESSING_IF
        feature_id_element METRIC-SCHEMA-.+ REMOVE_DIMS_FROM_METRIC_NAME metrics\\..+"""
    ),
    "macros": KeyList(""),
    "eventtypes": KeyList(""),
    "tags": KeyList(""),
    "collections": KeyList(""),
    "commands": KeyList(""),
}

_INDEXING_REFUSED = KeyList(REFUSED_INDEXING)
_EXTRACTION_REFUSED = KeyList(REFUSED_EXTRACTION)


def check_keys(kind: str, files: Iterable[ConfFile]) -> None:
    """A `ConfError` at the first key of these files (all `<kind>.conf`) that no list has."""
    lists = (IMPLEMENTED[kind], IRRELEVANT[kind], REFUSED[kind])
    for file in files:
        for stanza, settings in file.stanzas.items():
            for key, setting in settings.items():
                if not any(key in keys for keys in lists):
                    raise ConfError(setting.path, setting.line, f"unknown key of {kind}.conf in [{stanza}]: {key}")


def refuse_for_indexing(settings: Mapping[str, Setting]) -> None:
    _refuse(settings, _INDEXING_REFUSED, "when indexing")


def refuse_for_extraction(settings: Mapping[str, Setting]) -> None:
    _refuse(settings, _EXTRACTION_REFUSED, "when searching")


def refuse(kind: str, settings: Mapping[str, Setting]) -> None:
    _refuse(settings, REFUSED[kind], f"in {kind}.conf")


def _refuse(settings: Mapping[str, Setting], refused: KeyList, when: str) -> None:
    for key, setting in settings.items():
        if key in refused:
            raise Unsupported(f"{setting.place}: the lab does not do {key} {when}")
