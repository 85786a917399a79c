"""Reads in Blender's own description of its data (RNA) where a struct keeps paths, and to which data blocks it refers.

A plan is made once for each type, so that a walk over ten thousand objects touches only the few properties that can lead anywhere.
"""

import bpy

PATHS = ("FILE_PATH", "DIR_PATH")

# Declared as one type, filled with many: what an item holds is known only once it is there.
MANY_SHAPED = ("Modifier", "GpencilModifier", "Node", "Sequence", "Strip", "SequenceModifier", "StripModifier")

# The way back up, the interface, where a block came from; and sockets, of which only some trees have any that matter.
ASIDE = set(
    "rna_type id_data parent children children_recursive users_collection original preview asset_data animation_data"
    " library library_weak_reference override_library proxy proxy_group proxy_collection pose_library"
    " active_material active_texture texture_paint_images depsgraph tool_settings keying_sets"
    " keying_sets_all inputs outputs links internal_links".split()
)

_plans = {}
_leads = {}


class Plan:
    """Which properties of a type are paths, data blocks, and structs of its own that can lead to either."""

    __slots__ = ("paths", "blocks", "parts", "has_paths", "has_tree")

    def __init__(self, rna):
        self.paths, self.blocks, self.parts = [], [], []
        self.has_tree = "node_tree" in rna.properties
        for each in rna.properties:
            name = each.identifier
            if name in ASIDE:
                continue
            if each.type == "STRING" and each.subtype in PATHS:
                self.paths.append(name)
            elif each.type in ("POINTER", "COLLECTION"):
                several = each.type == "COLLECTION"
                if _is_block(each.fixed_type):
                    if name != "grease_pencil":  # notes in an editor
                        self.blocks.append((name, several))
                elif _can_lead(each.fixed_type):
                    self.parts.append((name, several, _can_lead(each.fixed_type, to_paths=True)))
        self.has_paths = bool(self.paths) or any(to_paths for _, _, to_paths in self.parts)


def plan(struct):
    kind = type(struct)
    found = _plans.get(kind)
    if found is None:
        found = _plans[kind] = Plan(struct.bl_rna)
    return found


def is_block(thing):
    return isinstance(thing, bpy.types.ID)


def name_of(struct):
    return struct.bl_rna.identifier


def collections():
    """The collections of data blocks of each kind that this Blender knows."""
    for each in bpy.data.bl_rna.properties:
        if each.type == "COLLECTION" and each.fixed_type.identifier != "ID":  # one of all kinds, from Blender 5 on
            yield each.identifier, getattr(bpy.data, each.identifier)


def paths(block):
    """Every path that a block holds itself: the struct with it, the property, and the structs on the way there."""
    yield from _paths(block, (), set())


def _paths(struct, way, seen):
    known = plan(struct)
    for name in known.paths:
        yield struct, name, way
    for name, several, to_paths in known.parts:
        if not to_paths:
            continue
        for part in _parts(struct, name, several):
            if part.as_pointer() not in seen:
                seen.add(part.as_pointer())
                yield from _paths(part, way + (part,), seen)


def blocks(struct, skip=()):
    """Every data block that a struct refers to, also by the structs that belong to it."""
    yield from _blocks(struct, skip, set())


def _blocks(struct, skip, seen):
    for name, several in plan(struct).blocks:
        if name in skip:
            continue
        if several:
            yield from (each for each in getattr(struct, name) if each is not None)
        else:
            block = getattr(struct, name)
            if block is not None:
                yield block
    for name, several, _ in plan(struct).parts:
        if name in skip:
            continue
        for part in _parts(struct, name, several):
            if part.as_pointer() not in seen:
                seen.add(part.as_pointer())
                yield from _blocks(part, skip, seen)


def _parts(struct, name, several):
    value = getattr(struct, name, None)
    if value is None:
        return ()
    return [each for each in value if each is not None] if several else (value,)


def _is_block(rna):
    while rna is not None:
        if rna.identifier == "ID":
            return True
        rna = rna.base
    return False


def _can_lead(rna, to_paths=False):
    """Whether a struct of this type, or one below it, holds a path or (unless only paths count) refers to a data block."""
    key = (rna.identifier, to_paths)
    if key not in _leads:
        _leads[key] = _search(rna, to_paths)
    return _leads[key]


def _search(start, to_paths):
    seen, left = {start.identifier}, [start]
    while left:
        rna = left.pop()
        if rna.identifier in MANY_SHAPED:
            return True
        for each in rna.properties:
            if each.identifier in ASIDE:
                continue
            if each.type == "STRING" and each.subtype in PATHS:
                return True
            if each.type in ("POINTER", "COLLECTION"):
                if not _is_block(each.fixed_type):
                    if each.fixed_type.identifier not in seen:
                        seen.add(each.fixed_type.identifier)
                        left.append(each.fixed_type)
                elif not to_paths:
                    return True
    return False


def group_inputs(modifier):
    """What a modifier (or a scene's compositor effect) gives to its group of nodes: pairs of a value, and whether it is a path."""
    given = getattr(getattr(modifier, "properties", None), "inputs", None)
    if given is not None:  # from Blender 5 on
        for each in given.bl_rna.properties:
            socket = getattr(given, each.identifier) if each.type == "POINTER" and each.identifier != "rna_type" else None
            declared = socket.bl_rna.properties.get("value") if socket is not None else None
            if declared is not None:
                yield socket.value, declared.type == "STRING" and declared.subtype in PATHS
        return
    interface = getattr(modifier.node_group, "interface", None)
    of_paths = {each.identifier for each in getattr(interface, "items_tree", ()) if getattr(each, "subtype", "") in PATHS}
    for key, value in modifier.items():
        yield value, key in of_paths
