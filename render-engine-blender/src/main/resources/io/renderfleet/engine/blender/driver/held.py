"""Settings of the request that win over what curves, drivers and scripts of the scene make of them in single frames."""

import animation
import channel


class Held:
    def __init__(self, scene):
        self._scene = scene
        self._values = []

    def set(self, owner, attribute, value):
        """Sets an attribute for all frames; one that this version of Blender does not have is left out."""
        if hasattr(owner, attribute):
            setattr(owner, attribute, value)
            self._values.append((owner, attribute, value))

    def settle(self):
        """Silences the curves and drivers of what was set."""
        paths = {_path(owner, attribute) for owner, attribute, _ in self._values}
        silenced = set()
        for curve in animation.curves(self._scene):
            if curve.data_path in paths and not curve.mute:
                curve.mute = True
                silenced.add(curve.data_path)
        if silenced:
            channel.warning(
                "animated-setting", "The scene animates %s; the request sets it for all frames" % ", ".join(sorted(silenced))
            )

    def apply(self, *_):
        """Sets again what a script has changed. Takes what handlers are given."""
        for owner, attribute, value in self._values:
            if getattr(owner, attribute) != value:
                setattr(owner, attribute, value)


def _path(owner, attribute):
    try:
        return owner.path_from_id(attribute)
    except ValueError:
        return attribute  # of the scene itself
