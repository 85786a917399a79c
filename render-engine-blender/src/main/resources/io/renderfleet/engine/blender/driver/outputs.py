"""Where a frame's files go: into a folder of their own first, under their names once they are whole."""

import errno
import os
import re
import shutil

import bpy

from channel import Refused

ENDINGS = {".png": b"IEND\xaeB`\x82", ".jpg": b"\xff\xd9", ".jpeg": b"\xff\xd9"}
ROOM = 64 * 1024
# Blender appends the frame's number when it renders an animation; stereo's and the format's suffixes follow.
MAIN = re.compile(r"main_(?:-?\d+)?")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Place:
    """The files of one frame.

    Blender may be killed while it writes, or meet a full disk and say "Saved": neither leaves a partial file under a
    frame's name, because everything is written to ``.rendering-N`` and moved from there.
    """

    def __init__(self, folder, name, frame):
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
        trees = [scene.node_tree] if getattr(scene, "use_nodes", False) and getattr(scene, "node_tree", None) else []
        if getattr(scene, "compositing_node_group", None):
            trees = [scene.compositing_node_group]
        for index, node in enumerate(_file_outputs(trees)):
            _redirect(node, os.path.join(self.rendering, "node-%d-%s" % (index, _plain(node.name))))

    def publish(self):
        """Moves the files out under their names, and returns (name, bytes, whether it is the frame itself)."""
        found = []
        for parent, _, names in os.walk(self.rendering):
            for each in sorted(names):
                path = os.path.join(parent, each)
                inside = os.path.relpath(path, self.rendering)
                main = MAIN.match(each) if parent == self.rendering else None
                found.append((path, self.name + (each[main.end():] if main else "-" + _node_file(inside)), bool(main)))
        if not any(main for _, _, main in found):
            self.refuse_if_disk_full()
            raise Refused("frame-missing", "Blender reported no error, but wrote no file", self.frame)
        for path, name, _ in found:
            self._refuse_broken(path, name)
        self.refuse_if_disk_full()
        published = []
        try:
            for path, name, main in sorted(found, key=lambda each: not each[2]):
                target = os.path.join(self.folder, name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.replace(path, target)
                published.append((name, os.path.getsize(target), main))
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


def _file_outputs(trees):
    """All File Output nodes of these trees and of the groups inside them, each once."""
    seen, waiting, found = set(), list(trees), []
    while waiting:
        tree = waiting.pop()
        if tree is None or tree.name in seen:
            continue
        seen.add(tree.name)
        for node in tree.nodes:
            if node.bl_idname == "CompositorNodeOutputFile":
                found.append(node)
            elif getattr(node, "node_tree", None) is not None:
                waiting.append(node.node_tree)
    return found


def _redirect(node, folder):
    os.makedirs(folder)
    if hasattr(node, "directory"):  # from Blender 5.0
        node.directory = folder + os.sep
        node.file_name = _plain(os.path.basename(node.file_name)) or "file"
        return
    if node.format.file_format == "OPEN_EXR_MULTILAYER":
        name = os.path.basename(bpy.path.abspath(node.base_path).rstrip("/\\")) or "layers"
        node.base_path = os.path.join(folder, _plain(name))
        return
    node.base_path = folder
    for slot in node.file_slots:
        # "../../x" would lead out of the folder.
        slot.path = "/".join(_plain(part) for part in re.split(r"[/\\]+", slot.path) if part not in ("", ".", ".."))


def _node_file(inside):
    """node-0-Depth/z0003.exr, relative to the frame's folder → Depth-z0003.exr"""
    folder, _, rest = inside.partition(os.sep)
    node = folder.split("-", 2)[2] if folder.startswith("node-") else folder
    return "-".join([node] + rest.split(os.sep)) if rest else node


def _plain(name):
    return re.sub(r"[^A-Za-z0-9._#-]", "_", name).strip(".") or "_"
