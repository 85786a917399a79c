"""Tells how far Blender has come while it goes through frames without rendering them, and how long one takes."""

import contextlib
import time

import bpy

import channel

SIGN_OF_LIFE = 2.0
# When the first measurement is worth telling.
ENOUGH_STEPS, ENOUGH_SECONDS = 5, 0.5


@contextlib.contextmanager
def signs_of_life(target, stepped=lambda scene: None):
    """Gives a sign of life every few seconds. Calls ``stepped`` with the scene after each frame."""
    spoken = [time.monotonic()]

    def speak(scene, *_):
        stepped(scene)
        if time.monotonic() - spoken[0] > SIGN_OF_LIFE:
            spoken[0] = time.monotonic()
            channel.emit("stepping", frame=scene.frame_current, to=target)

    bpy.app.handlers.frame_change_post.append(speak)
    try:
        yield
    finally:
        bpy.app.handlers.frame_change_post.remove(speak)


class Pace:
    """What a frame of the simulations of a scene takes: told soon after they began, and again whenever much was gone through."""

    def __init__(self, scene):
        self._scene = scene
        self._steps, self._seconds = 0, 0.0
        self._is_told = False

    @contextlib.contextmanager
    def measured(self, target):
        began, before = time.monotonic(), (self._steps, self._seconds)

        def step(scene):
            if scene == self._scene:
                self._steps += 1
                self._seconds = before[1] + time.monotonic() - began
                if not self._is_told and (self._steps >= ENOUGH_STEPS or self._seconds >= ENOUGH_SECONDS):
                    self._tell()

        with signs_of_life(target, step):
            yield
        if self._steps - before[0] >= ENOUGH_STEPS:
            self._tell()

    def _tell(self):
        self._is_told = True
        channel.emit("pace", steps=self._steps, seconds=round(self._seconds, 4))
