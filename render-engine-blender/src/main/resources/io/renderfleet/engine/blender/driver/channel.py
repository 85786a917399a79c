"""The line protocol between the driver and whoever started Blender."""

import os
from urllib.parse import parse_qs, urlencode

# A line stays below what a pipe takes in one piece (4,096 bytes), so that Blender's own output never lands inside it.
LONGEST_TEXT = 1000
LONGEST_LINE = 3900

_marker = "@rf"


class Refused(Exception):
    """Something that was asked cannot be done; ``kind`` is a word that the caller knows."""

    def __init__(self, kind, message, frame=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.frame = frame


class Command:
    """A verb with its arguments; an argument that was not given is None."""

    def __init__(self, verb, arguments):
        self.verb = verb
        self._arguments = arguments

    def get(self, key, default=None):
        values = self._arguments.get(key)
        return values[0] if values else default

    def required(self, key):
        value = self.get(key)
        if value is None:
            raise Refused("driver", "'%s' lacks '%s'" % (self.verb, key))
        return value

    def number(self, key):
        value = self.get(key)
        return None if value is None else int(value)

    def flag(self, key, default=False):
        value = self.get(key)
        return default if value is None else value == "1"

    def allows(self, word):
        return word in self.get("allow", "").split(",")


def parse(line):
    verb, _, arguments = line.strip().partition(" ")
    return Command(verb, parse_qs(arguments, keep_blank_values=True))


def begin(marker):
    global _marker
    _marker = marker


def emit(verb, **values):
    """Writes one event. It starts with a line break, since Blender may be in the middle of a line of its own."""
    shown = [(key, _shortened(value)) for key, value in values.items() if value is not None]
    line = ("%s %s %s" % (_marker, verb, urlencode(shown, errors="surrogateescape"))).encode("ascii")
    data = b"\n" + line[:LONGEST_LINE] + b"\n"
    while data:
        data = data[os.write(1, data):]


def warning(kind, message):
    emit("warning", kind=kind, message=message)


def otherwise(wanted, allowance, kind, amiss, instead):
    """Settles something that changes pixels: a warning where the request allows it by name, else a refusal."""
    if not wanted.allows(allowance):
        raise Refused(kind, "%s; 'allow' does not name '%s'" % (amiss, allowance))
    warning(allowance, "%s; %s" % (amiss, instead))


def error(refusal):
    emit("error", kind=refusal.kind, message=refusal.message, frame=refusal.frame)


def _shortened(value):
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + " …"
