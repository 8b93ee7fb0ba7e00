"""Packets between splunkd and a handler's process: eight bytes of length (big end first), then JSON."""

import json
import struct
import sys

_LENGTH = struct.Struct(">Q")


def serve(answer):
    """Answer every packet of standard input by `answer(packet)`, until splunkd closes it.

    Whatever a handler prints goes to standard error, where splunkd logs it: standard output is the protocol's.
    """
    packets, replies = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        head = packets.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return
        packet = json.loads(packets.read(_LENGTH.unpack(head)[0]))
        reply = json.dumps(answer(packet)).encode("utf-8")
        replies.write(_LENGTH.pack(len(reply)) + reply)
        replies.flush()
