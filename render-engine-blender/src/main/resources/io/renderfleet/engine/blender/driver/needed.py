"""Whether the files that a scene needs are there, and whether they can be read."""

import math
import os

import bounds
import channel
import files
from animation import hidden_at, scripted
from channel import Refused
from needs import Folder
from reach import Reach
from readable import fault

LISTED = 8


class Files:
    """The needs of a loaded scene. What no frame can reach of them is worked out only where something is amiss."""

    def __init__(self, scene, needs, allow_missing):
        self._scene = scene
        self._allow_missing = allow_missing
        self._needs = needs
        self._reach = None
        self._told = set()
        self._shown_later = []

    def check(self):
        """What is wrong for every frame."""
        amiss = list(_absent_blocks()) + self._amiss(self._needs, lambda need: need.always())
        if amiss:
            needed = [each for each in amiss if self.reach().has(each[0])]
            surely = Reach(self._scene, is_shown=lambda block: False) if needed else None
            self._shown_later = [each for each in needed if not surely.has(each[0])]
            self._settle([each for each in needed if surely.has(each[0])], None)
            self._settle_unneeded([each for each in amiss if not self.reach().has(each[0])])

    def check_frame(self, frame):
        """What is wrong for this frame only: a hole in a sequence or a cache, or what animation shows now."""
        if self._shown_later:
            frames = {frame, *_cached(self._scene, frame)}
            now = Reach(self._scene, is_shown=lambda block: not hidden_at(block, frames))
            self._settle([each for each in self._shown_later if now.has(each[0])], frame)
        waiting = [need for need in self.needs() if need.by_frame]
        if not waiting:
            return
        amiss = []
        for reach, place in self.reach().at(frame):
            cached = _cached(reach.scene, place)

            def at(need):
                frames = cached if isinstance(need, Folder) else cached[:1] if need.kind == "cache" else [place]
                return dict.fromkeys(path for each in frames for path in need.at(each, reach.users))

            amiss += self._amiss([need for need in waiting if reach.has_here(need)], at)
        self._settle(amiss, frame)

    def needs(self):
        """Looked for again where a script may have taken away what was found when the scene was loaded."""
        if scripted():
            self._needs, self._reach = files.needs(), None
        return self._needs

    def reach(self):
        if self._reach is None:
            self._reach = Reach(self._scene)
        return self._reach

    @staticmethod
    def _amiss(needs, paths):
        found = []
        for need in needs:
            for path in paths(need):
                amiss = wrong(need, path)
                if amiss:
                    found.append((need, path[0] if isinstance(path, tuple) else path, amiss))
        return found

    def _settle(self, amiss, frame):
        if not amiss:
            return
        kind = "missing-" + amiss[0][0].kind
        if not self._allow_missing:
            raise Refused(kind, _said(amiss), frame)
        self._tell(kind, "Rendered without: ", amiss)

    def _settle_unneeded(self, amiss):
        self._tell("unneeded-missing", "No frame needs it: ", amiss)

    def _tell(self, kind, before, amiss):
        fresh = [each for each in amiss if each[1] not in self._told]
        self._told.update(path for _, path, _ in fresh)
        if fresh:
            channel.warning(kind, before + _said(fresh))


def _cached(scene, frame):
    """The frames of caches that a frame takes: its own, on the scene's stretched time, first; with motion blur those that it reaches."""
    if scene is None:
        return [frame]
    render = scene.render
    middle = frame * render.frame_map_old / render.frame_map_new
    found = [int(middle)]
    if render.use_motion_blur:
        position = getattr(render, "motion_blur_position", None) or getattr(getattr(scene, "cycles", None), "motion_blur_position", "CENTER")
        before, after = {"START": (0, 1), "END": (1, 0)}.get(position, (0.5, 0.5))
        shutter = render.motion_blur_shutter
        reached = range(math.floor(middle - before * shutter), math.ceil(middle + after * shutter) + 1)
        found += [each for each in reached if each not in found]
    return found


def wrong(need, path):
    """What is wrong with a file, in words that go on after its name; None where nothing is."""
    names = path if isinstance(path, tuple) else (path,)
    every = [need.absolute(each) for each in names]
    may_be_folder = isinstance(need, Folder) or need.kind == "file"
    refused = [bounds.fault(*each, may_be_folder) for each in zip(names, every)]
    if any(refused):
        return next(filter(None, refused))
    there = [each for each in every if os.path.exists(each)]
    if not there:
        return "is not there"
    return None if os.path.isdir(there[0]) else fault(there[0], need.kind)


def _absent_blocks():
    """What a library that is there does not have, though the scene links it."""
    return [(need, need.path, "has no '%s'" % need.block.name) for need in files.absent_blocks()]


def _said(amiss):
    said = list(dict.fromkeys("%s '%s'%s: %s %s" % (need.kind, need.label, need.of, path, wrong) for need, path, wrong in amiss))
    return "; ".join(said[:LISTED]) + ("; and %d more" % (len(said) - LISTED) if len(said) > LISTED else "")
