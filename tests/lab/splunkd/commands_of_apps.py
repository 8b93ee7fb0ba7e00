"""Scripts of custom search commands for the tests: some on splunk-sdk, some raw and not all well-behaved."""

SDK = """
import sys, time
from splunklib.searchcommands import (
    Configuration, EventingCommand, GeneratingCommand, Option, ReportingCommand, StreamingCommand, dispatch, validators)
"""

# Adds two fields, one of them with several values, and says how many chunks it has seen.
TAGGER = (
    SDK
    + """
@Configuration(DECORATION)
class Tagger(StreamingCommand):
    prefix = Option(require=False, default="p_")
    fail = Option(require=False, validate=validators.Boolean(), default=False)
    say = Option(require=False)
    chunks = 0

    def stream(self, records):
        self.chunks += 1
        if self.say:
            self.write_info("seen {}", self.say)
            self.write_warning("careful with {}", self.say)
            self.write_debug("hidden")
        for record in records:
            if self.fail and record["n"] == "3":
                self.error_exit(ValueError("n is 3"), "the third is wrong")
            record[self.prefix + "tags"] = [self.fieldnames[0], "$" + str(record.get(self.fieldnames[0]))]
            record["chunk"] = self.chunks
            yield record

dispatch(Tagger, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

SELECTED = (
    SDK
    + """
@Configuration(required_fields=["n", "absent"])
class Selected(StreamingCommand):
    def stream(self, records):
        for record in records:
            record["given"] = " ".join(sorted(record))
            if record["n"] == "2":
                yield dict(record, given="twice")
            if record["n"] != "4":
                yield record

dispatch(Selected, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

BACKWARDS = (
    SDK
    + """
@Configuration()
class Backwards(EventingCommand):
    def transform(self, records):
        for record in reversed(list(records)):
            yield record

dispatch(Backwards, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

# The example of the SDK's own pages: a map phase that adds up each chunk, a reduce phase that adds up the sums.
SUM = (
    SDK
    + """
@Configuration()
class Sum(ReportingCommand):
    total = Option(require=True, validate=validators.Fieldname())

    @Configuration()
    def map(self, records):
        records = list(records)
        yield {self.total: sum(float(r[f]) for r in records for f in self.fieldnames), "mapped": len(records)}

    def reduce(self, records):
        records = list(records)
        yield {self.total: sum(float(r[self.total]) for r in records), "sums": len(records),
               "mapped": sum(int(r["mapped"]) for r in records)}

dispatch(Sum, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

COUNT_ONLY = (
    SDK
    + """
@Configuration()
class CountOnly(ReportingCommand):
    def reduce(self, records):
        yield {"count": len(list(records))}

dispatch(CountOnly, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

NUMBERS = (
    SDK
    + """
@Configuration(DECORATION)
class Numbers(GeneratingCommand):
    count = Option(require=True, validate=validators.Integer(0))

    def generate(self):
        for n in range(self.count):
            yield {"_time": 1700000000 + n, "n": n, "text": "r\\u00e4w \\"%d\\",\\nline" % n}

dispatch(Numbers, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

# Says what it was given: the getinfo metadata whole, its environment, and what its session key is good for.
WITNESS = (
    SDK
    + """
import json, os, urllib.request
@Configuration()
class Witness(GeneratingCommand):
    note = Option(require=False)
    def generate(self):
        info = self.metadata.searchinfo
        request = urllib.request.Request(info.splunkd_uri + "/services/server/info?output_mode=json",
                                         headers={"Authorization": "Splunk " + info.session_key})
        answer = json.load(urllib.request.urlopen(request))["entry"][0]["content"]["version"]
        yield {"searchinfo": json.dumps(info.__dict__), "answer": answer, "note": self.note,
               "fieldnames": self.fieldnames, "cwd": os.getcwd(), "argv": json.dumps(sys.argv[1:]),
               "service": self.service.info["version"], "environment": json.dumps(dict(os.environ))}

dispatch(Witness, sys.argv, sys.stdin, sys.stdout, __name__)
"""
)

# ---- raw: the frame by hand, nothing of the SDK

RAW = """
import json, os, signal, sys, time
stdin, stdout = sys.stdin.buffer, sys.stdout.buffer

def take():
    header = stdin.readline()
    if not header:
        sys.exit(0)
    sizes = [int(size) for size in header.decode().strip().split(",")[1:]]
    return json.loads(stdin.read(sizes[0])), stdin.read(sizes[1]).decode()

def send(metadata, body=""):
    text, data = json.dumps(metadata).encode(), body.encode()
    stdout.write(b"chunked 1.0,%d,%d\\n" % (len(text), len(data)) + text + data)
    stdout.flush()

def lines(body):
    return body.splitlines()[1:]
"""


def raw(execution: str, description: str = '{"type": "streaming"}') -> str:
    """A command that describes itself by `description` and then does `execution`."""
    return f"{RAW}\ntake()\nsend({description})\n{execution}\n"


ECHO = "while True:\n    metadata, body = take()\n    send({'finished': metadata['finished']}, body)\n"
