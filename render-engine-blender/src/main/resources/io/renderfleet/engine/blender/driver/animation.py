"""What of a block changes with the frame by curves and drivers, or by scripts."""

import os

import bpy


def curves(block):
    """The curves and drivers of a block: of its action, of the actions of its strips, and what they drive."""
    data = getattr(block, "animation_data", None)
    if data is None:
        return
    yield from data.drivers
    for action in actions(block):
        yield from _of_action(action)


def paths(block):
    return {curve.data_path for curve in curves(block)}


def actions(block):
    """The action of a block and those of its strips, each once."""
    data = getattr(block, "animation_data", None)
    if data is None:
        return []
    found = [data.action] + [strip.action for track in data.nla_tracks for strip in _strips(track.strips)]
    return list({action.name_full: action for action in found if action is not None}.values())


def animates(block, name):
    """Whether a property of a block, or of a part of it, changes with the frame."""
    return any(("." + curve.data_path).endswith("." + name) for curve in curves(block))


def hidden_at(block, frames):
    """Whether the action of a block surely hides it from renders at each of these frames; strips of actions and drivers are not asked."""
    data = block.animation_data
    if any(curve.data_path == "hide_render" for curve in data.drivers) or any(track.strips for track in data.nla_tracks):
        return False
    own = [curve for curve in curves(block) if curve.data_path == "hide_render" and not curve.mute]
    return bool(own) and all(curve.evaluate(frame) >= 0.5 for curve in own for frame in frames)


def scripted():
    """Whether a script other than this driver's runs at each frame: it can show, hide and remove what it likes."""
    lists = (getattr(bpy.app.handlers, name, ()) for name in ("frame_change_pre", "frame_change_post", "render_init", "render_pre"))
    return any(not _is_own(handler) for handlers in lists for handler in handlers)


def _is_own(handler):
    code = getattr(handler, "__code__", None) or getattr(getattr(handler, "__func__", None), "__code__", None)
    return code is not None and code.co_filename.startswith(os.path.dirname(os.path.abspath(__file__)))


def _strips(strips):
    for strip in strips:
        yield strip
        yield from _strips(getattr(strip, "strips", ()))


def _of_action(action):
    if hasattr(action, "fcurves"):
        yield from action.fcurves
        return
    # From Blender 5.0, curves are only in the layers of an action.
    for layer in action.layers:
        for strip in layer.strips:
            for bag in strip.channelbags:
                yield from bag.fcurves
