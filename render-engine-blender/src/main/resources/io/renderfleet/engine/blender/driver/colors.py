"""Colour management that this Blender's configuration lacks, where Blender itself says nothing when it opens a scene.

It replaces what the scene and its pictures name, and says so; what outputs and nodes name it leaves in place, and then
writes wrong pixels or crashes. Python sees such a name as an empty one.
"""

import channel

LINEAR = ("OPEN_EXR", "OPEN_EXR_MULTILAYER", "HDR")


def check(scene, wanted):
    _check_output(scene, "the output", scene.render.image_settings, wanted)
    for node in _composited(scene):
        if node.mute:
            continue
        if node.bl_idname == "CompositorNodeOutputFile":
            _check_output(scene, "the node '%s'" % node.name, node.format, wanted)
        elif node.bl_idname == "CompositorNodeConvertColorSpace":
            for attribute in ("from_color_space", "to_color_space"):
                if not getattr(node, attribute):
                    _settle("color-space", "a colour space", "the node '%s'" % node.name, "it is muted", wanted)
                    node.mute = True
                    break


def _check_output(scene, owner, format, wanted):
    if getattr(format, "color_management", "FOLLOW_SCENE") != "OVERRIDE":
        return
    if format.file_format in LINEAR:
        space = getattr(format, "linear_colorspace_settings", None)
        if space is not None and not space.name:
            _settle("color-space", "a colour space", owner, "the scene's is taken", wanted)
            format.color_management = "FOLLOW_SCENE"
        return
    if not format.display_settings.display_device or not format.view_settings.view_transform:
        _settle("view-transform", "a view transform", owner, "the scene's is taken", wanted)
        format.color_management = "FOLLOW_SCENE"
    elif not format.view_settings.look:
        _settle("look", "a look", owner, "none is taken", wanted)
        format.view_settings.look = "None"


def _settle(allowance, what, owner, instead, wanted):
    amiss = "%s has %s that this Blender's colour configuration lacks" % (owner[0].upper() + owner[1:], what)
    channel.otherwise(wanted, allowance, "color", amiss, instead)


def _composited(scene):
    tree = getattr(scene, "compositing_node_group", None)
    if tree is None and getattr(scene, "use_nodes", False):
        tree = getattr(scene, "node_tree", None)
    seen, waiting = set(), [tree] if tree is not None else []
    while waiting:
        tree = waiting.pop()
        if tree.name_full not in seen:
            seen.add(tree.name_full)
            yield from tree.nodes
            waiting += [node.node_tree for node in tree.nodes if getattr(node, "node_tree", None) is not None]
