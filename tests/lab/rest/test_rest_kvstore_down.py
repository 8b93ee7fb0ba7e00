"""A KV store that is not ready: what server/info says of it, and how its collections answer (Admin Manual,
"Troubleshoot KV Store"; REST API Reference, server/info: kvStoreStatus)."""

from __future__ import annotations

import pytest
from splunklib.binding import HTTPError

from tests.lab.rest.conftest import APP


@pytest.mark.parametrize(("status", "words"), [("starting", "is initializing"), ("failed", "initialization failed")])
def test_collections_answer_that_the_kv_store_is_not_ready(splunk, connect, status, words):
    service = connect(app=APP, owner="nobody")
    assert service.info["kvStoreStatus"] == "ready"
    splunk.kvstore.status = status
    assert service.info["kvStoreStatus"] == status
    with pytest.raises(HTTPError) as refused:
        service.kvstore["seen"].data.query()
    assert refused.value.status == 503 and words in str(refused.value.body)
    splunk.kvstore.status = "ready"
    assert service.kvstore["seen"].data.query() == []
