"""extract: fields from pairs in the raw text (Search Reference: extract; alias kv).

`extract pairdelim="|;" kvdelim="=:"` cuts `_raw` into pairs at each of the first characters and every pair
into a name and a value at one of the second. A name that is there already keeps its first value, or
with `mv_add=true` gets one more.
"""

from __future__ import annotations

import re
from typing import List

from lab.spl.command import Arguments, Command, Context, Fields, Rows
from lab.spl.values import as_text, scalars

_NO_NAME = re.compile(r"[^A-Za-z0-9]")


class Extract(Command):
    name = "extract"
    aliases = ("kv",)

    def __init__(self, args: Arguments) -> None:
        at = args.peek()
        pairs, keys = args.option("pairdelim"), args.option("kvdelim")
        self.clean = args.option_bool("clean_keys", default=True)
        self.limit = args.option_int("limit", default=50, minimum=0)
        self.maxchars = args.option_int("maxchars", default=10240, minimum=0)
        self.add = args.option_bool("mv_add", default=False)
        args.option_bool("reload")  # the lab reads its configuration at the start of every search
        args.option_bool("auto")  # the page's example turns it off, where delimiters are given anyway
        if args.option_bool("segment", default=False):
            raise args.unsupported("segment", at)
        while args.operator(","):
            pass  # the page's example has commas between the options
        stanza = args.peek()
        if stanza is not None and stanza.kind == "word" and not args.field_list():
            args.done()
        if stanza is not None:
            raise args.unsupported(f"an extractor of transforms.conf ('{stanza.text}')", stanza)
        args.done()
        if not pairs or not keys:
            raise args.unsupported("extraction without both pairdelim and kvdelim", at)
        self.pairs = re.compile(f"[{re.escape(pairs)}]")
        self.keys = re.compile(f"[{re.escape(keys)}]")

    def needs(self, wanted: Fields) -> Fields:
        return None if wanted is None else wanted | {"_raw"}

    def columns(self, before: None) -> None:
        return None

    def run(self, rows: Rows, context: Context) -> Rows:
        for row in rows:
            if "_raw" not in row:
                yield row
                continue
            text, found = as_text(row["_raw"])[: self.maxchars], 0
            for pair in self.pairs.split(text):
                name, value = self._parted(pair)
                if not name or not value:
                    continue
                if name not in row:
                    if found >= self.limit:
                        break
                    found += 1
                    row[name] = value
                elif self.add:
                    row[name] = [*scalars(row[name]), value]
            yield row

    def _parted(self, pair: str) -> List[str]:
        parts = self.keys.split(pair, 1)
        if len(parts) < 2:
            return ["", ""]
        name, value = parts[0].strip(), parts[1].strip()
        if self.clean:
            name = _NO_NAME.sub("_", name).lstrip("_0123456789")
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        return [name, value]
