"""Where a frame's files go: into a folder of their own first, under their names once they are whole."""

import errno
import os
import re
import shutil

import bpy

import channel
import sidefiles
from channel import Refused

ENDINGS = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9"}
ROOM = 64 * 1024
# Blender appends the frame's number when it renders an animation; stereo's and the format's suffixes follow.
MAIN = re.compile(r"main_(?:-?\d+)?")
NEUTRAL = re.compile(r"s(\d+)x-?\d+(.*)$", re.DOTALL)
LISTED = 8
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


# The nodes of which a warning was given.
_told = set()


class Place:
    """The files of one frame.

    Blender may be killed while it writes, or meet a full disk and say "Saved": neither leaves a partial file under a
    frame's name, because everything is written to ``.rendering-N`` and moved from there.
    """

    def __init__(self, folder, name, frame, plain=False):
        self.spell = sidefiles.ascii_only if plain else sidefiles.legal
        self.outputs = []
        self.others = []
        self.folder = folder
        self.name = name
        self.frame = frame
        self.rendering = os.path.join(folder, ".rendering-%d" % frame)

    def open(self, scene):
        try:
            shutil.rmtree(self.rendering, ignore_errors=True)
            os.makedirs(self.rendering)
        except OSError as problem:
            raise self._unwritable(problem)
        scene.render.filepath = os.path.join(self.rendering, "main_")
        own = file_outputs(scene)
        self.outputs = [Output(node, os.path.join(self.rendering, "n%d" % i)) for i, node in enumerate(own)]
        self._lead_aside(own)
        files = [each for output in self.outputs for each in output.redirect(self.spell)]
        sidefiles.settle(files, self.name, self.spell)
        for each in files:
            change = each.change()
            if change:
                channel.warning("file-name", change)

    def _lead_aside(self, own):
        """Strips show other scenes, whose File Output nodes write as well; what they write is of no frame, and goes when this one is done."""
        known = {node.as_pointer() for node in own}
        others = [node for node in every_file_output() if node.as_pointer() not in known]
        self.others = []
        for index, node in enumerate(others):
            output = Output(node, os.path.join(self.rendering, "aside%d" % index))
            output.redirect(self.spell)
            self.others.append((node.name, output))

    def _tell_others(self):
        names = sorted({name for name, output in self.others if any(output.written())} - _told)
        if names:
            _told.update(names)
            channel.warning(
                "file-output", "Left out, being of another scene than the one that is rendered: what these write: " + ", ".join(names[:LISTED])
            )

    def publish(self):
        """Moves the files out under their names, and returns (name, bytes, which side file it is: None for the frame itself)."""
        self._tell_others()
        found = []
        for each in sorted(os.listdir(self.rendering)):
            main = MAIN.match(each)
            if main:
                found.append((os.path.join(self.rendering, each), self.name + each[main.end():], None))
        taken = {sidefiles.key(name) for _, name, _ in found}
        for output in self.outputs:
            for path, each, rest in output.written():
                wanted = self.name + "-" + each.name(self.frame, rest, self.spell)
                found.append((path, sidefiles.unique(wanted, taken), each))
        if all(side for _, _, side in found):
            self.refuse_if_disk_full()
            raise Refused("frame-missing", "Blender reported no error, but wrote no file", self.frame)
        for path, name, _ in found:
            self._refuse_broken(path, name)
        self.refuse_if_disk_full()
        published = []
        try:
            for path, name, side in sorted(found, key=lambda each: each[2] is not None):
                target = os.path.join(self.folder, name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.replace(path, target)
                published.append((name, os.path.getsize(target), side))
        except OSError as problem:
            raise self._unwritable(problem)
        return published

    def close(self):
        shutil.rmtree(self.rendering, ignore_errors=True)

    def refuse_if_disk_full(self):
        """Tries to write a little: neither PNG nor EXR files tell that the disk was full when they were written."""
        probe = os.path.join(self.rendering, ".room")
        try:
            with open(probe, "wb") as file:
                file.write(b"\0" * ROOM)
            os.remove(probe)
        except OSError as problem:
            raise self._unwritable(problem)

    def _refuse_broken(self, path, name):
        size = os.path.getsize(path)
        if size == 0:
            self.refuse_if_disk_full()
            raise Refused("frame-empty", "Blender wrote '%s' with 0 bytes" % name, self.frame)
        ending = ENDINGS.get(os.path.splitext(path)[1].lower())
        if ending:
            with open(path, "rb") as file:
                file.seek(max(0, size - len(ending)))
                whole = file.read() == ending
            if not whole:
                self.refuse_if_disk_full()
                raise Refused("frame-damaged", "'%s' is cut off after %d bytes" % (name, size), self.frame)

    def _unwritable(self, problem):
        kind = "disk-full" if problem.errno in FULL else "output-unwritable"
        return Refused(kind, "Frame %d could not be written: %s" % (self.frame, problem.strerror), self.frame)


def every_file_output():
    """All File Output nodes of the file, each once: those of scenes' own trees and those of groups, whatever these are called."""
    trees = [getattr(each, "node_tree", None) for each in bpy.data.scenes] + list(bpy.data.node_groups)
    for tree in trees:
        for node in tree.nodes if tree is not None else ():
            if node.bl_idname == "CompositorNodeOutputFile":
                yield node


def file_outputs(scene):
    """All File Output nodes of the scene and of the groups inside it, each once, in the same order each time."""
    trees = [scene.node_tree] if getattr(scene, "use_nodes", False) and getattr(scene, "node_tree", None) else []
    if getattr(scene, "compositing_node_group", None):  # from Blender 5.0
        trees = [scene.compositing_node_group]
    # A group may have the name of the scene's own tree.
    seen, waiting, found = set(), list(trees), []
    while waiting:
        tree = waiting.pop(0)
        if tree is None or tree.as_pointer() in seen:
            continue
        seen.add(tree.as_pointer())
        for node in tree.nodes:
            if node.bl_idname == "CompositorNodeOutputFile":
                found.append(node)
            elif getattr(node, "node_tree", None) is not None:
                waiting.append(node.node_tree)
    return found


class Output:
    """A File Output node, led into a folder of its own, where its files have names that say nothing."""

    # What the artist wrote, for the frames after the first.
    _written = {}

    def __init__(self, node, folder):
        self.node = node
        self.folder = folder
        self.files = []

    def redirect(self, spell):
        node = self.node
        os.makedirs(self.folder)
        if hasattr(node, "directory"):  # from Blender 5.0
            node.directory = self.folder + os.sep
            node.file_name = sidefiles.cut(spell(os.path.basename(node.file_name)), 100) or "file"
            for item in getattr(node, "file_output_items", ()):
                if "/" in item.name or "\\" in item.name:  # the name is put behind the path
                    item.name = re.sub(r"[/\\]", "_", item.name)
            self.files = [sidefiles.SideFile(node.name, None)]
        elif node.format.file_format == "OPEN_EXR_MULTILAYER":
            path = self._take(node, "base_path", os.path.join(self.folder, "s0x####"))
            parts = sidefiles.relative(path).split("/")
            self.files = [sidefiles.SideFile(node.name, parts[-1] or "layers")]
        else:
            node.base_path = self.folder
            self.files = [
                sidefiles.SideFile(node.name, self._take(slot, "path", "s%dx####" % index))
                for index, slot in enumerate(node.file_slots)
            ]
        return self.files

    def _take(self, owner, attribute, ours):
        """Puts a value of ours in place of the artist's, which is given back. A script may change it between two frames."""
        now = getattr(owner, attribute)
        key = (self.node.as_pointer(), os.path.basename(ours))
        last = self._written.get(key)
        wanted = last[1] if last and last[0] == now else now
        setattr(owner, attribute, ours)
        self._written[key] = (getattr(owner, attribute), wanted)
        return wanted

    def written(self):
        """(path, which file it is, what comes behind its name) of all that is there."""
        for parent, folders, names in os.walk(self.folder):
            folders.sort()
            for each in sorted(names):
                path = os.path.join(parent, each)
                neutral = NEUTRAL.match(each)
                if neutral and int(neutral.group(1)) < len(self.files):
                    yield path, self.files[int(neutral.group(1))], neutral.group(2)
                else:
                    yield path, self.files[0], "-" + os.path.relpath(path, self.folder).replace(os.sep, "-")
