"""What of a block changes with the frame by curves and drivers."""


def curves(block):
    """The curves and drivers of a block: of its action, of the actions of its strips, and what they drive."""
    data = getattr(block, "animation_data", None)
    if data is None:
        return
    yield from data.drivers
    seen = set()
    for action in [data.action] + [strip.action for track in data.nla_tracks for strip in _strips(track.strips)]:
        if action is not None and action.name_full not in seen:
            seen.add(action.name_full)
            yield from _of_action(action)


def paths(block):
    return {curve.data_path for curve in curves(block)}


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
