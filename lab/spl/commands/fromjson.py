"""fromjson: the keys of a JSON object as fields (Search Reference: fromjson)."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.paths import field_text, parse_json
from lab.spl.values import as_text, from_list, scalars


class FromJson(Command):
    """An array becomes a multivalue, an object in it or in the object stays JSON, null gives no field; `prefix`
    stands before each name. A value that is no JSON object gives nothing; of several objects in a multivalue
    each gives its values."""

    name = "fromjson"

    def __init__(self, args: Arguments) -> None:
        self.prefix = args.option("prefix", default="")
        self.field = args.field()
        args.done()

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {self.field}

    def columns(self, before: Optional[List[str]]) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            found: Dict[str, List[str]] = {}
            for text in scalars(row.get(self.field)):
                for name, value in _object(as_text(text)).items():
                    items = value if isinstance(value, list) else [value]
                    found.setdefault(name, []).extend(field_text(item) for item in items if item is not None)
            for name, texts in found.items():
                if texts:
                    row[self.prefix + name] = from_list(texts)
            yield row


def _object(text: str) -> Dict[str, Any]:
    try:
        found = parse_json(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
