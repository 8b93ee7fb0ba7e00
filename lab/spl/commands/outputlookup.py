"""outputlookup: write the rows into a lookup table and pass them on (Search Reference: outputlookup).

`append` is false, but true where a `key_field` is given and nothing else said. `createinapp` goes before
`create_context` where both are set.
"""

from __future__ import annotations

from typing import Any, Dict

from lab.spl.command import Arguments, Command, Context, Rows


class OutputLookup(Command):
    """The context writes; `options` holds what was set of create_empty, override_if_empty,
    createinapp, create_context, allow_updates, output_format."""

    name = "outputlookup"

    def __init__(self, args: Arguments) -> None:
        self.key_field = args.option("key_field")
        self.append = args.option_bool("append", default=self.key_field is not None)
        self.maximum = args.option_int("max", minimum=1)
        createinapp = args.option_bool("createinapp")
        create_context = args.option_choice("create_context", choices=("app", "user", "system"))
        self.options: Dict[str, Any] = {
            "create_empty": args.option_bool("create_empty", default=False),
            "override_if_empty": args.option_bool("override_if_empty", default=True),
            "createinapp": createinapp is not False,
            "create_context": create_context if createinapp is None else None,
            "allow_updates": args.option_bool("allow_updates", default=True),
            "output_format": args.option_choice(
                "output_format", choices=("splunk_sv_csv", "splunk_mv_csv"), default="splunk_sv_csv"
            ),
        }
        self.table = args.string("the name of a lookup")
        args.done()

    def run(self, rows: Rows, context: Context) -> Rows:
        rows = list(rows)
        written = rows if self.maximum is None else rows[: self.maximum]
        if len(written) < len(rows):
            context.warn(f"outputlookup wrote the first {len(written)} of {len(rows)} rows (max={self.maximum})")
        context.write_table(
            self.table,
            [dict(row) for row in written],
            append=self.append,
            key_field=self.key_field,
            options=self.options,
        )
        return rows
