"""Runs inside Blender for RightFramesTest: makes scenes, and reads pictures, as lines on standard input ask.

    blender --background --factory-startup --python workshop.py

Each line of input is a list in JSON, a verb with its arguments; each answer is one line, a marker and an object in JSON.

    ["make", "TOPIC", "SCENE", FOLDER]   makes a scene: what is sent in FOLDER/sent; FOLDER/right where another scene has the right picture
    ["read", FILE]                       gives a digest of the pixels of each layer of a picture
    ["compare", FILE, FILE]              says in how many pixels two pictures differ

One process makes many scenes, since each start of Blender costs more than a small scene does.
"""

import importlib
import json
import os
import sys
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import pixels  # noqa: E402
from scenes import stage  # noqa: E402

MARKER = "@workshop "


def make(topic, name, folder):
    maker = getattr(importlib.import_module("scenes." + topic), name)
    maker(stage.Stage(folder))
    return {}


def read(path):
    return {"layers": pixels.digests(path)}


def compare(left, right):
    return {"difference": pixels.difference(left, right)}


def answer(line):
    verb, *arguments = json.loads(line)
    try:
        return {"make": make, "read": read, "compare": compare}[verb](*arguments)
    except Exception:
        return {"problem": traceback.format_exc()}


for request in iter(sys.stdin.readline, ""):
    # Blender may be in the middle of a line of its own.
    print("\n" + MARKER + json.dumps(answer(request)), flush=True)
