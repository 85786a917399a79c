"""Which nodes of a tree lead to its result."""

OUTPUTS = set(
    "NodeGroupOutput ShaderNodeOutputMaterial ShaderNodeOutputWorld ShaderNodeOutputLight ShaderNodeOutputLineStyle ShaderNodeOutputAOV"
    " TextureNodeOutput CompositorNodeComposite CompositorNodeOutputFile".split()
)
KNOWN = ("ShaderNodeTree", "TextureNodeTree", "CompositorNodeTree", "GeometryNodeTree")
# In place of an engine's name: what Workbench draws of materials.
PICTURES, NOTHING = "pictures", "nothing"
ONE_OF_A_KIND = ("NodeGroupOutput", "CompositorNodeComposite")


def needed_nodes(tree, engine, mutes_by_animation):
    """Those that are not muted and from which links lead to an output that this engine takes; all of a tree of another kind."""
    if tree.bl_idname not in KNOWN:
        return list(tree.nodes)
    if tree.bl_idname == "ShaderNodeTree" and engine in (PICTURES, NOTHING):
        # No links: what counts is the picture of the active node, which may lie in a group.
        drawn = ("TEX_IMAGE", "TEX_ENVIRONMENT", "GROUP") if engine == PICTURES else ()
        return [node for node in tree.nodes if node.type in drawn]
    links = {}
    for link in tree.links:
        if not getattr(link, "is_muted", False):
            links.setdefault(link.to_node.as_pointer(), []).append(link)
    found, left, seen = [], _outputs(tree, engine), set()
    while left:
        node = left.pop()
        if node.as_pointer() in seen:
            continue
        seen.add(node.as_pointer())
        incoming = links.get(node.as_pointer(), ())
        if node.mute and not mutes_by_animation():
            passed = {each.from_socket.as_pointer() for each in node.internal_links}
            incoming = [link for link in incoming if link.to_socket.as_pointer() in passed]
        else:
            found.append(node)
            # A zone's end has its beginning behind it, linked or not.
            left += [each for each in tree.nodes if _begins(each, node)] if node.bl_idname.endswith("Output") else []
        left += [link.from_node for link in incoming]
    return found


def _begins(node, end):
    return getattr(node, "paired_output_node", None) == end or (
        hasattr(node, "paired_output") and node.paired_output is not None and node.paired_output == end
    )


def _outputs(tree, engine):
    found = [node for node in tree.nodes if node.bl_idname in OUTPUTS and not (node.mute and "OutputFile" in node.bl_idname)]
    chosen = []
    for node in found:
        if node.bl_idname in ONE_OF_A_KIND:
            rivals = [each for each in found if each.bl_idname == node.bl_idname]
            if len(rivals) > 1 and any(getattr(each, "is_active_output", False) for each in rivals) and not node.is_active_output:
                continue
        elif node.bl_idname in ("ShaderNodeOutputMaterial", "ShaderNodeOutputWorld", "ShaderNodeOutputLight"):
            if node not in _taken(tree, engine):
                continue
        chosen.append(node)
    return chosen


def _taken(tree, engine):
    """The output nodes that Blender would take for this engine; for one that it does not know, for any."""
    targets = {"CYCLES": ["CYCLES"]}.get(engine) or (["EEVEE"] if "EEVEE" in engine else ["ALL", "CYCLES", "EEVEE"])
    return [tree.get_output_node(target) for target in targets]

