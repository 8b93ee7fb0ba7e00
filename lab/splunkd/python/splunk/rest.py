"""`splunk.rest`: one request to splunkd, answered as (response with .status and headers, body)."""

import http.client
import json
import os
import ssl
import urllib.parse

import splunk


class Response(dict):
    """Headers by lower-case name, and `status`."""

    def __init__(self, reply):
        super().__init__((name.lower(), value) for name, value in reply.getheaders())
        self.status = reply.status
        self.reason = reply.reason


def makeSplunkdUri():
    """splunkd's address, ending with a slash."""
    try:
        return os.environ["LAB_SPLUNKD_URI"].rstrip("/") + "/"
    except KeyError:
        raise splunk.SplunkdConnectionException("LAB_SPLUNKD_URI is not set: no splunkd to ask") from None


def simpleRequest(
    path,
    sessionKey=None,
    getargs=None,
    postargs=None,
    method="GET",
    raiseAllErrors=False,
    proxyMode=False,
    rawResult=False,
    timeout=30,
    jsonargs=None,
    token=False,
):
    """Ask splunkd; 401, 403 and 404 raise unless `rawResult`, other errors only with `raiseAllErrors`."""
    uri = path if "://" in path else makeSplunkdUri() + path.lstrip("/")
    parts = urllib.parse.urlsplit(uri)
    target = parts.path + ("?" + parts.query if parts.query else "")
    if getargs:
        target += ("&" if parts.query else "?") + urllib.parse.urlencode(getargs, doseq=True)
    headers, body = {}, None
    if sessionKey:
        headers["Authorization"] = ("Bearer " if token else "Splunk ") + sessionKey
    if jsonargs is not None:
        method = "POST" if method == "GET" else method
        headers["Content-Type"] = "application/json"
        body = jsonargs if isinstance(jsonargs, (str, bytes)) else json.dumps(jsonargs)
    elif postargs is not None:
        method = "POST" if method == "GET" else method
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urllib.parse.urlencode(postargs, doseq=True)
    if parts.scheme == "https":
        # As Splunk's own: the management port's certificate is not verified by default.
        connection = http.client.HTTPSConnection(
            parts.netloc, timeout=timeout, context=ssl._create_unverified_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.netloc, timeout=timeout)
    try:
        connection.request(method, target, body, headers)
        reply = connection.getresponse()
        content = reply.read()
    except OSError as error:
        raise splunk.SplunkdConnectionException(f"splunkd at {parts.netloc} does not answer: {error}") from error
    finally:
        connection.close()
    response = Response(reply)
    if not rawResult:
        _raise_refusal(response.status, uri, content, raiseAllErrors)
    return response, content


def _raise_refusal(status, uri, content, raise_all):
    text = content.decode("utf-8", "replace")
    if status == 401:
        raise splunk.AuthenticationFailed(text)
    if status == 403:
        raise splunk.AuthorizationFailed(text)
    if status == 404:
        raise splunk.ResourceNotFound(uri, text)
    if raise_all and status >= 400:
        raise splunk.RESTException(status, text)
