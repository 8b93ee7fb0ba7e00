"""storage/collections: config and data of the KV store (REST API Reference, "KV store endpoint descriptions")."""

from __future__ import annotations

import json
from typing import Any, Callable

from lab.splunkd.atom import Entry, Reply, json_reply
from lab.splunkd.rest import Endpoint, NotEmulated, Refusal, Request, endpoint
from lab.store.kvstore import Collection, KVStore, KVStoreError, NoSuchCollection, NoSuchDocument
from lab.store.query import BadQuery, parse_fields, parse_sort


def endpoints(kvstore: KVStore) -> list[Endpoint]:
    """The endpoints over `kvstore`."""

    def collection(request: Request, name: str) -> Collection:
        try:
            return kvstore.collection(request.app, name)
        except NoSuchCollection:
            raise Refusal(404, "Could not find object.") from None

    def entry(app: str, name: str) -> Entry:
        schema = kvstore.collection(app, name).schema
        fields = {f"field.{field}": kind for field, kind in schema.types.items()}
        return Entry(name, {"disabled": False, "enforceTypes": schema.enforced, **fields}, app=app)

    def list_config(request: Request) -> Reply:
        return request.page("kvstore-collections", [entry(request.app, name) for name in kvstore.names(request.app)])

    def create(request: Request) -> Reply:
        name = request.argument("name")
        settings = request.arguments()
        if not name:
            raise Refusal(400, "Missing required arguments: name")
        if name in kvstore.names(request.app):
            raise Refusal(409, f"An object with name={name} already exists")
        _checked(lambda: kvstore.define(request.app, name, settings))
        return request.feed("kvstore-collections", [entry(request.app, name)], status=201)

    def show_config(request: Request, name: str) -> Reply:
        collection(request, name)
        return request.page("kvstore-collections", [entry(request.app, name)])

    def drop(request: Request, name: str) -> Reply:
        collection(request, name)
        request.done()
        kvstore.drop(request.app, name)
        return request.page("kvstore-collections", [])

    def query(request: Request, name: str) -> Reply:
        wanted = collection(request, name)
        filter_text, fields, sort = request.argument("query"), request.argument("fields"), request.argument("sort")
        limit, skip = request.integer("limit", 0), request.integer("skip", 0)
        request.done()
        found = _checked(
            lambda: wanted.query(
                _json(filter_text) if filter_text else None,
                fields=parse_fields(fields) or None,
                sort=parse_sort(sort),
                limit=limit,
                skip=skip,
                user=request.owner,
            )
        )
        return json_reply(found)

    def insert(request: Request, name: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        key = _checked(lambda: wanted.insert(_document(request), request.owner))
        return json_reply({"_key": key}, 201)

    def delete(request: Request, name: str) -> Reply:
        wanted = collection(request, name)
        filter_text = request.argument("query")
        request.done()
        _checked(lambda: wanted.delete(_json(filter_text) if filter_text else None, request.owner))
        return json_reply({})

    def get_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        return json_reply(_checked(lambda: wanted.get(key, request.owner)))

    def replace_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        return json_reply({"_key": _checked(lambda: wanted.replace(key, _document(request), request.owner))})

    def delete_document(request: Request, name: str, key: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        _checked(lambda: wanted.delete_key(key, request.owner))
        return json_reply({})

    def batch_save(request: Request, name: str) -> Reply:
        wanted = collection(request, name)
        request.done()
        documents = _json_body(request)
        if not isinstance(documents, list):
            raise Refusal(
                400, "JSON in the request is invalid. ( JSON parse error: an array of documents is expected )"
            )
        return json_reply(_checked(lambda: wanted.batch_save(documents, request.owner)))

    def not_emulated(request: Request, name: str) -> Reply:
        raise NotEmulated(404, "Not Found")

    data = r"storage/collections/data/(?P<name>[^/]+)"
    return [
        endpoint(r"storage/collections/config", GET=list_config, POST=create),
        endpoint(r"storage/collections/config/(?P<name>[^/]+)", GET=show_config, DELETE=drop),
        endpoint(data + "/batch_save", takes_form=False, speaks_json=True, POST=batch_save),
        endpoint(data + "/batch_find", takes_form=False, speaks_json=True, GET=not_emulated, POST=not_emulated),
        endpoint(data, takes_form=False, speaks_json=True, GET=query, POST=insert, DELETE=delete),
        endpoint(
            data + "/(?P<key>.+)",
            takes_form=False,
            speaks_json=True,
            GET=get_document,
            POST=replace_document,
            DELETE=delete_document,
        ),
    ]


def _checked(operation: Callable[[], Any]) -> Any:
    """What the store refuses, as its REST endpoint words it."""
    try:
        return operation()
    except NoSuchDocument:
        raise Refusal(404, "Could not find object.") from None
    except KVStoreError as error:
        raise Refusal(error.status, str(error)) from None
    except BadQuery as error:
        raise Refusal(400, f"Invalid query: {error}") from None


def _document(request: Request) -> Any:
    return _json_body(request)


def _json_body(request: Request) -> Any:
    if not request.content_type.startswith("application/json"):
        raise Refusal(415, "Must supply content-type application/json")
    return _json(request.body.decode("utf-8", "strict"))


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise Refusal(400, f"JSON in the request is invalid. ( JSON parse error: {error} )") from None
