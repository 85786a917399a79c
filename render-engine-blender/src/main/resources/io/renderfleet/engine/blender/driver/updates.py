"""Keeps scripts of a scene from seeing the updates that only the driver brings about.

Every operator that a script calls updates the view layer before and after. Blender's ``-a`` calls none, and so calls a function that
scripts hang on updates only if another of them brings one about in a frame.
"""

import contextlib

import bpy
from bpy.app.handlers import persistent

KINDS = ("depsgraph_update_pre", "depsgraph_update_post")


class Updates:
    """The functions that hang on updates: in Blender's lists while a frame is rendered, and here at all other times."""

    def __init__(self):
        self._taken = {kind: [] for kind in KINDS}

    @contextlib.contextmanager
    def taken_from_new_scene(self):
        """While a scene is opened in here, takes what its scripts hang on updates, and forgets those of the scene before."""
        for functions in self._taken.values():
            del functions[:]

        @persistent
        def take(*_):
            self.take()

        bpy.app.handlers.load_post.append(take)
        try:
            yield
        finally:
            bpy.app.handlers.load_post.remove(take)
            # Scripts that run when a scene was opened may have added some.
            self.take()

    def take(self, *_):
        """Takes the functions out of Blender's lists. Can be called where Blender calls functions, as can its opposite."""
        for kind, taken in self._taken.items():
            functions = getattr(bpy.app.handlers, kind)
            taken.extend(functions)
            del functions[:]

    def give_back(self, *_):
        for kind, taken in self._taken.items():
            getattr(bpy.app.handlers, kind)[:0] = taken
            del taken[:]

    def functions(self):
        """What is held here, by what distinguishes it."""
        return {id(function) for taken in self._taken.values() for function in taken}
