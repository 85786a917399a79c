"""Runs inside Blender and renders what it is told, one frame at a time.

    blender --background … --python driver.py -- MARKER FOLDER

Commands come on standard input, one a line; events go to standard output, each line beginning with the marker that the
caller made up, since a scene can make Blender print anything else. Both have the form ``verb key=value&key=value``,
encoded as HTML forms are. ``load`` opens a scene and settles everything that holds for all frames, ``verify`` asks
whether the files it came from are still the same, ``prepare`` steps through what a frame depends on, ``render`` renders one frame, ``bake`` bakes the simulations of the scene in a copy
of its folder, ``list`` names the files that a scene needs, ``quit`` ends. When the input ends without a ``quit``, whoever started Blender is gone: the driver then ends
the process at once, whatever it is doing, and clears FOLDER (scripts, configuration and temporary files of this one
process), so that nothing is left behind.

Works on Python 3.7 (Blender 2.8) and later.
"""

import contextlib
import os
import shutil
import sys
import threading
import time
import traceback
from queue import Queue

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import aside  # noqa: E402
import baking  # noqa: E402
import bounds  # noqa: E402
import channel  # noqa: E402
import files  # noqa: E402
import outputs  # noqa: E402
import preflight  # noqa: E402
import settings  # noqa: E402
import simulation  # noqa: E402
import sources  # noqa: E402
import timeline  # noqa: E402
from channel import Refused  # noqa: E402
from updates import Updates  # noqa: E402

END_OF_INPUT_EXIT = 75
DRIVER_FAULT_EXIT = 70


def read_commands(queue, belongings):
    """Feeds the queue from standard input; runs on its own thread, also while Blender renders."""
    # Bytes by os.read, not sys.stdin: a daemon thread inside its lock would abort Python's shutdown.
    pending = b""
    while True:
        data = os.read(0, 65536)
        if not data:
            shutil.rmtree(belongings, ignore_errors=True)
            os._exit(END_OF_INPUT_EXIT)
        pending += data
        *lines, pending = pending.split(b"\n")
        for line in lines:
            command = channel.parse(line.decode("utf-8"))
            queue.put(command)
            if command.verb == "quit":
                return


class Session:
    """The scene that is loaded, and what was asked about it."""

    def __init__(self, caches):
        self.scene = None
        self.needed = None
        self.timeline = None
        self.sources = {}
        self.caches = caches
        self.is_bounded = True
        self.run_up = None
        self.updates = Updates()
        self.own_handlers = timeline.handlers()

    def load(self, wanted):
        began = time.monotonic()
        within = self.open(wanted)
        self.is_bounded = not within.is_crossed
        needs = within.needs
        self.sources = self.versions(needs)
        scene, held = settings.apply(wanted)
        self.needed = preflight.check(scene, needs, wanted)
        self.run_up = simulation.RunUp(scene)
        self.run_up.announce(wanted.get("simulation", "auto"))
        self.scene = scene
        self.timeline = timeline.Timeline(scene, held, self.updates)
        channel.emit(
            "loaded",
            seconds=round(time.monotonic() - began, 3),
            scene=scene.name,
            engine=scene.render.engine,
            width=scene.render.resolution_x * scene.render.resolution_percentage // 100,
            height=scene.render.resolution_y * scene.render.resolution_percentage // 100,
            fps=scene.render.fps,
            base=repr(scene.render.fps_base),
            **self.simulated(),
            **memory()
        )

    def simulated(self):
        if not self.run_up.is_needed():
            return {}
        first, last = self.run_up.frames()
        return {"first": first, "last": last}

    def open(self, wanted, by_name=True):
        self.scene = None
        # Caches are led aside first: where they were led to is within bounds.
        held = bounds.kept(wanted) if by_name else contextlib.nullcontext()
        with self.updates.taken_from_new_scene(), aside.kept(self.caches), held as within:
            preflight.open_scene(wanted, by_name)
        return within

    def versions(self, needs):
        """What the scene was read from; caches that this session writes are not part of it."""
        found = sources.versions(needs)
        return {path: found[path] for path in found if not aside.holds(path)}

    def verify(self):
        """Says whether the scene is as it was loaded: its files are unchanged, and it has no scripts that may have changed it."""
        fresh = (
            self.scene is not None
            and timeline.handlers() | self.updates.functions() <= self.own_handlers
            and self.versions(self.needed.needs()) == self.sources
        )
        channel.emit("fresh" if fresh else "stale")

    def list_sources(self, wanted):
        """Names the files that a scene needs beside itself, there or not."""
        self.open(wanted, by_name=False)
        needs = files.needs()
        needed = sources.needed(needs, bpy.context.scene)
        for path in sources.external(needs):
            channel.emit("source", path=path, there=int(os.path.isfile(path)), needed=int(path in needed))
        channel.emit("listed")

    def prepare(self, wanted):
        """Brings the scene's simulations to where a frame can be rendered."""
        frame = self.frame(wanted)
        began = time.monotonic()
        steps = self.run_up.go(frame)
        channel.emit("prepared", frame=frame, steps=steps, seconds=round(time.monotonic() - began, 3), **memory())

    def bake(self, wanted):
        """Bakes, in a copy of its folder, the scene that is loaded; afterwards none is."""
        if self.scene is None:
            raise Refused("driver", "No scene is loaded")
        if not self.is_bounded:
            raise Refused("simulation", "The scene names files that this node does not let it read")
        began = time.monotonic()
        keys, names = self.run_up.keys(), self.run_up.names()
        self.scene = None
        bounds.move(wanted)
        try:
            baked = baking.bake(wanted, keys)
        except (OSError, RuntimeError) as problem:
            raise Refused("simulation", str(problem).strip())
        channel.emit(
            "baked", names=names, count=len(baked), seconds=round(time.monotonic() - began, 3), **memory()
        )

    def frame(self, wanted):
        frame = int(wanted.required("frame"))
        if self.scene is None:
            raise Refused("driver", "No scene is loaded", frame)
        return frame

    def render(self, wanted):
        frame = self.frame(wanted)
        self.run_up.go(frame)
        began = time.monotonic()
        scene = self.scene
        channel.emit("started", frame=frame)
        self.run_up.moved(frame)
        self.needed.check_frame(frame)
        place = outputs.Place(wanted.required("folder"), wanted.required("name"), frame, wanted.flag("ascii"))
        place.open(scene)
        keep = wanted.flag("persistent", True) and self.run_up.keeps_geometry()
        try:
            if "FINISHED" not in self.timeline.render(frame, keep):
                raise Refused("cancelled", "Blender cancelled the frame", frame)
            files = place.publish()
        except RuntimeError as problem:
            place.refuse_if_disk_full()
            raise Refused("blender", str(problem).strip(), frame)
        finally:
            place.close()
        for name, size, side in files:
            wrote = {"node": side.node, "slot": side.slot} if side else {}
            channel.emit("file", frame=frame, name=name, bytes=size, main=int(side is None), **wrote)
        channel.emit("saved", frame=frame, files=len(files), seconds=round(time.monotonic() - began, 3), **memory())


def memory():
    """Resident and peak bytes of this process, where the system tells them."""
    found = {}
    try:
        with open("/proc/self/status") as status:
            for line in status:
                if line.startswith(("VmRSS:", "VmHWM:")):
                    key = "rss" if line.startswith("VmRSS") else "peak"
                    found[key] = int(line.split()[1]) * 1024
    except OSError:
        pass
    return found


def main():
    marker, belongings = sys.argv[sys.argv.index("--") + 1:][:2]
    channel.begin(marker)
    bpy.context.preferences.edit.use_negative_frames = True
    queue = Queue()
    threading.Thread(target=read_commands, args=(queue, belongings), daemon=True).start()
    channel.emit("ready", blender=bpy.app.version_string, **settings.abilities(), **memory())
    session = Session(os.path.join(belongings, "caches"))
    while True:
        command = queue.get()
        if command.verb == "quit":
            channel.emit("bye")
            return
        try:
            if command.verb == "load":
                session.load(command)
            elif command.verb == "list":
                session.list_sources(command)
            elif command.verb == "verify":
                session.verify()
            elif command.verb == "bake":
                session.bake(command)
            elif command.verb == "prepare":
                session.prepare(command)
            elif command.verb == "render":
                session.render(command)
            else:
                raise Refused("driver", "Unknown command '%s'" % command.verb)
        except Refused as refusal:
            channel.error(refusal)


try:
    main()
except Exception:
    channel.error(Refused("driver", traceback.format_exc(limit=-4)))
    sys.stdout.flush()
    os._exit(DRIVER_FAULT_EXIT)
