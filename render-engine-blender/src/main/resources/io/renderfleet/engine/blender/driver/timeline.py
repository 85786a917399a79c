"""Renders one frame of a scene as Blender's own ``-a`` renders it among others."""

import contextlib

import bpy

import animation
from channel import Refused

# What ``-a`` reads once, before its first frame: what curves and scripts of a frame make of it changes no other frame.
ONCE = (
    "engine",
    "resolution_x",
    "resolution_y",
    "resolution_percentage",
    "pixel_aspect_x",
    "pixel_aspect_y",
    "use_border",
    "use_crop_to_border",
    "border_min_x",
    "border_max_x",
    "border_min_y",
    "border_max_y",
    "use_compositing",
    "use_sequencer",
    "use_multiview",
    "views_format",
    "use_single_layer",
    "use_stamp",
    "dither_intensity",
)

# Cycles does not bring data that it keeps between frames up to date with these.
NOT_SEEN_TO_CHANGE = ("render.use_simplify", "render.simplify_", "cycles.")

# When scripts of a scene run that may change what the request has set.
SCRIPTED = ("render_init", "frame_change_pre", "frame_change_post", "render_pre")


class Handlers:
    """Functions that Blender calls for a while, before or after those of the scene."""

    def __init__(self, functions, first=False):
        self._functions = [(getattr(bpy.app.handlers, name), function) for name, function in functions.items()]
        self._first = first

    def __enter__(self):
        for handlers, function in self._functions:
            handlers.insert(0 if self._first else len(handlers), function)

    def __exit__(self, *_):
        for handlers, function in self._functions:
            handlers.remove(function)


def handlers():
    """All functions that Blender calls as it goes on, by what distinguishes them."""
    lists = [getattr(bpy.app.handlers, name) for name in dir(bpy.app.handlers)]
    return {id(function) for each in lists if isinstance(each, list) for function in each}


def _has_hair_that_kept_data_moves():
    """From 5.0 on, what Cycles keeps between frames moves single pixels of hair."""
    if bpy.app.version < (5, 0, 0):
        return False
    return len(bpy.data.hair_curves) > 0 or any(settings.type == "HAIR" for settings in bpy.data.particles)


class Timeline:
    """The frames of a scene. Made once the scene has all settings that hold for all of them."""

    def __init__(self, scene, held, updates):
        self.scene = scene
        self.held = held
        self.updates = updates
        self.range = scene.frame_start, scene.frame_end
        self.once = {name: getattr(scene.render, name) for name in ONCE if hasattr(scene.render, name)}
        changes_unseen = any(path.startswith(NOT_SEEN_TO_CHANGE) for path in animation.paths(scene))
        self.keeps_geometry = not changes_unseen and not _has_hair_that_kept_data_moves()
        _show_each_picture()

    def render(self, frame, keep_geometry):
        """Renders a frame into the scene's output path and returns what the operator says.

        A still is not what ``-a`` renders: it keeps the fraction of a frame that the scene was saved at, and shows the
        first picture of a sequence in every frame. So a frame is rendered as an animation of one.
        """
        self._restore()
        render = self.scene.render
        render.use_persistent_data = keep_geometry and self.keeps_geometry
        render.use_overwrite, render.use_placeholder = True, False
        with Handlers({name: self.held.apply for name in SCRIPTED}), self._updates_seen():
            return self._render_negative(frame) if frame < 0 else self._render_range(frame)

    @contextlib.contextmanager
    def _updates_seen(self):
        """Lets scripts see updates from the beginning to the end of a frame."""
        ends = {name: self.updates.take for name in ("render_complete", "render_cancel")}
        try:
            with Handlers({"render_init": self.updates.give_back}, first=True), Handlers(ends):
                yield
        finally:
            self.updates.take()

    def _render_range(self, frame):
        self.scene.frame_start = self.scene.frame_end = frame
        if self.scene.frame_start != frame:
            raise Refused("frame", "This Blender cannot go to frame %d" % frame, frame)
        # Drivers and burnt-in ranges read the scene's own range, which the operator has read by then.
        try:
            with Handlers({"render_init": self._restore_range}, first=True):
                return bpy.ops.render.render(animation=True, scene=self.scene.name)
        finally:
            self._restore_range()

    def _render_negative(self, frame):
        """No range of a scene can begin below 0, so such a frame is a still, of a scene that has gone to it before."""
        for scene in {bpy.context.scene, self.scene}:
            # The operator takes the frame of the scene in the context, also when it is to render another.
            scene.frame_set(frame, subframe=0.0)
        if self.scene.frame_current != frame:
            raise Refused("frame", "This Blender cannot go to frame %d" % frame, frame)
        return bpy.ops.render.render(write_still=True, scene=self.scene.name)

    def _restore(self):
        for name, value in self.once.items():
            if getattr(self.scene.render, name) != value:
                setattr(self.scene.render, name, value)

    def _restore_range(self, *_):
        self.scene.frame_start, self.scene.frame_end = self.range


def _show_each_picture():
    """Lets every user of a sequence or a movie follow the frame.

    When Blender renders it takes each frame's picture, refreshed automatically or not; but without Auto Refresh, data
    that is kept between frames (a world's, above all) is not seen to have changed.
    """
    for user, image in _image_users():
        if image is not None and image.source in ("SEQUENCE", "MOVIE") and not user.use_auto_refresh:
            user.use_auto_refresh = True


def _image_users():
    for texture in bpy.data.textures:
        if texture.type == "IMAGE":
            yield texture.image_user, texture.image
    owners = (bpy.data.materials, bpy.data.worlds, bpy.data.lights, bpy.data.linestyles, bpy.data.textures)
    trees = [block.node_tree for owner in owners for block in owner if block.node_tree is not None]
    for tree in trees + list(bpy.data.node_groups):
        for node in tree.nodes:
            user = getattr(node, "image_user", None)
            if user is not None:
                yield user, getattr(node, "image", None)
