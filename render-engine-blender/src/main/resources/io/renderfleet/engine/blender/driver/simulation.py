"""Simulations that are not baked: finds them, and goes through their frames before one of them is rendered.

A frame of such a simulation depends on all frames before it, so that a Blender which begins in the middle renders
something else. The right picture is that of the scene baked first, and Blender gives it once it has gone through the
frames from the simulation's start one by one.
"""

import math
from collections import namedtuple

import bpy

import bakes
import channel
from animation import animates
from aside import operate
from channel import Refused
from nodes import needed_nodes
from pace import Pace
from reach import Reach

LISTED = 8
KINDS = {"PARTICLE_SYSTEM": "Particle system", "NODES": "Simulation nodes"}
STEPPING = ("EMITTER", "REACTOR", "HAIR")
AT_REST = ("NO", "KEYED")


class Part(namedtuple("Part", "block part")):
    """What of a block is asked for, in the way in which needs are."""

    kind = "simulation"


class Unbaked:
    """One simulation that is not baked for all of its frames.

    ``cache`` is its point cache and ``domain`` the settings of its fluid domain; Geometry Nodes have neither. ``modifier`` is
    None for rigid bodies, which are of a scene.
    """

    def __init__(self, kind, name, frames, owner, modifier, cache=None, domain=None):
        self.kind = kind
        self.name = name
        self.first, self.last = frames
        self.owner = owner
        self.modifier = modifier
        self.cache = cache
        self.domain = domain

    @property
    def key(self):
        """What finds it again in the same scene, opened anew."""
        part = "" if self.modifier is None else self.modifier.name
        return self.kind, self.owner.name_full, part

    def can_freeze(self):
        """Whether its cache can be read as a baked one and gone on with later. What is linked has caches that cannot be edited."""
        return self.cache is not None and self.owner.library is None

    def misleads_kept_data(self):
        """Whether data that Blender keeps from frame to frame misses how the simulation goes on, as with particles."""
        system = getattr(self.modifier, "particle_system", None)
        return system is not None and system.settings.type != "HAIR"

    def forgets_at(self, frame):
        """Whether Blender forgets how far it has come when it goes to that frame."""
        return not self.can_freeze() and (frame < self.first or (frame == self.first and self.owner.library is not None))

    def __str__(self):
        return "%s '%s'" % (self.kind, self.name)


class RunUp:
    """Where a session stands in the simulations of its scene."""

    def __init__(self, scene):
        reach = Reach(scene)
        self._scene = scene
        self._scenes = [each for each in bpy.data.scenes if reach.has(Part(each, None))]
        self._unbaked = sorted(unbaked(reach), key=str)
        self._stepped = [each for each in self._unbaked if each.domain is None]
        self._fluids = [each for each in self._unbaked if each.domain is not None]
        self._reached = None
        self._fluids_are_baked = not self._fluids
        self._at = None
        self._pace = Pace(scene)

    def is_needed(self):
        return bool(self._unbaked)

    def keeps_geometry(self):
        """Whether Blender may keep data from one frame to the next."""
        return not any(each.misleads_kept_data() for each in self._stepped)

    def frames(self):
        """The first and the last frame of all that is not baked."""
        return min(each.first for each in self._unbaked), max(each.last for each in self._unbaked)

    def keys(self):
        return {each.key for each in self._unbaked}

    def names(self):
        """What is not baked, in the words of a warning."""
        shown = ", ".join(str(each) for each in self._unbaked[:LISTED])
        more = " and %d more" % (len(self._unbaked) - LISTED) if len(self._unbaked) > LISTED else ""
        return "%s%s %s not baked" % (shown, more, "is" if len(self._unbaked) == 1 else "are")

    def announce(self, asked):
        """Says what is not baked, or ends a job that is to be rendered from what is baked only."""
        if not self._unbaked:
            return
        if asked == "refuse":
            raise Refused("simulation", self.names())
        if asked == "bake":
            return  # what became of the bake is said afterwards
        ways = []
        if self._stepped:
            first = min(each.first for each in self._stepped)
            ways.append("each session steps through the frames from %d on before it renders" % first)
        if self._fluids:
            ways.append("each session bakes its fluids for itself before it renders")
        channel.warning("simulation", "%s: %s" % (self.names(), "; ".join(ways)))

    def go(self, frame):
        """Goes through the frames up to this one, unless the session has been there. Returns how many it went through."""
        steps = 0 if self._fluids_are_baked else self._bake_fluids()
        return steps + (self._step(frame) if self._stepped else 0)

    def moved(self, frame):
        """Hears that the scene was set to a frame for rendering."""
        self._at = frame
        if any(each.forgets_at(frame) for each in self._stepped):
            self._reached = None

    def _step(self, frame):
        target = self._target(frame)
        if self._reached is not None and target <= self._reached:
            return 0
        begin = self._reached
        if begin is None:
            self._prepare()
            self._reached = min(each.first for each in self._stepped) - 1
        else:
            moved = self._at != begin
            if moved:
                # To go to where Blender thinks that it is would read nothing.
                self._set(begin - 1)
            self._freeze(False)
            if moved:
                # What goes on from here is the state of the last frame, not of the one that was rendered last.
                self._set(begin)
        began = self._reached
        with self._pace.measured(target):
            while self._reached < target:
                self._set(self._reached + 1)
                self._reached += 1
        self._freeze(True)
        return target - began

    def _set(self, frame):
        for scene in self._scenes:
            if scene != self._scene:
                scene.frame_set(frame)
        self._scene.frame_set(frame)
        self._at = frame

    def _target(self, frame):
        """The last frame that is looked at where this one is rendered: between two frames both are read."""
        render = self._scene.render
        ahead = math.ceil(render.motion_blur_shutter) if _blurs(self._scene) else 0
        # Particles write their first frame only when they come to the second.
        target = min(each.first for each in self._stepped) + 1
        for each in self._stepped:
            step = each.cache.frame_step if each.cache is not None else 1
            mine = each.first + math.ceil((frame + ahead - each.first) / step) * step
            # A remapped scene comes to the last frame of a simulation sooner or later than the count of its frames says.
            last = max(each.last, math.ceil(each.last * render.frame_map_old / render.frame_map_new))
            target = max(target, min(mine, last))
        return target

    def _prepare(self):
        for each in self._stepped:
            show(each)
            if each.cache is not None:
                if each.cache.is_baked and each.owner.library is None:
                    self._call(bpy.ops.ptcache.free_bake, each)
                # What it holds may be of other settings, or lack frames: this makes Blender drop it.
                each.cache.frame_start = each.cache.frame_start

    def _freeze(self, frozen):
        """Lets Blender take caches for baked: it then reads them, and neither simulates nor clears them, whatever frame it goes to."""
        operator = bpy.ops.ptcache.bake_from_cache if frozen else bpy.ops.ptcache.free_bake
        for each in self._stepped:
            if each.can_freeze():
                self._call(operator, each)

    def _call(self, operator, each):
        context = {"point_cache": each.cache, "scene": self._scene}
        if each.modifier is not None:
            context["object"] = each.owner
        operate(operator, **context)

    def _bake_fluids(self):
        """Bakes fluids into the session's own folder, all frames at once: replayed ones come out otherwise, and no bake can go on."""
        for each in self._fluids:
            show(each)
            with self._pace.measured(each.last):
                bake_fluid(each, self._scene)
        self._fluids_are_baked = True
        return sum(each.last - each.first + 1 for each in self._fluids)


def bake_fluid(each, scene):
    """Bakes a domain whole, into the folder that its settings name."""
    done = operate(bpy.ops.fluid.bake_all, object=each.owner, active_object=each.owner, scene=scene)
    if "FINISHED" not in done or not bakes.fluid_is_baked(each.domain):
        raise Refused("blender", "%s could not be baked" % each)


def show(each):
    """Lets the viewport show a simulation, since Blender computes no other. Returns what was changed for that, and from which values."""
    if each.modifier is None:
        return []
    wanted = [(each.modifier, "show_viewport", True), (each.owner, "hide_viewport", False)]
    wanted += [(collection, "hide_viewport", False) for collection in each.owner.users_collection]
    if each.modifier.type == "NODES" and hasattr(each.owner, "use_simulation_cache"):
        wanted.append((each.owner, "use_simulation_cache", True))
    changed = [(owner, name, getattr(owner, name)) for owner, name, value in wanted if getattr(owner, name) != value]
    for owner, name, value in wanted:
        _assign(owner, name, value)
    return changed


def _assign(owner, name, value):
    """Sets only what differs: what was set, even to the same, lets Blender begin particles anew."""
    if getattr(owner, name) != value:
        setattr(owner, name, value)


def _blurs(scene):
    eevee = scene.render.engine.startswith("BLENDER_EEVEE")
    return scene.render.use_motion_blur or (eevee and getattr(scene.eevee, "use_motion_blur", False))


def unbaked(reach):
    """What of the pictures that are reached comes from simulations that are not baked."""
    for scene in bpy.data.scenes:
        world = scene.rigidbody_world
        if world is not None and world.collection is not None and reach.has(Part(scene, world)):
            if any(each.rigid_body and each.rigid_body.type == "ACTIVE" for each in world.collection.objects):
                yield from _of_cache(world.point_cache, "Rigid body world", scene.name, scene, None)
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            if reach.has(Part(thing, modifier)):
                yield from _of_modifier(thing, modifier)


def _of_modifier(thing, modifier):
    kind = KINDS.get(modifier.type, modifier.type.replace("_", " ").capitalize())
    name = "%s: %s" % (thing.name, modifier.name)
    domain = bakes.fluid_domain(modifier)
    if domain is not None:
        if not bakes.fluid_is_baked(domain):
            frames = domain.cache_frame_start, domain.cache_frame_end
            yield Unbaked(kind, thing.name, frames, thing, modifier, domain=domain)
    elif modifier.type == "NODES":
        nodes = list(zones(modifier.node_group))
        if nodes and not bakes.zones_are_baked(modifier, nodes):
            yield Unbaked(kind, name, _frames_of_zones(modifier), thing, modifier)
    elif modifier.type == "PARTICLE_SYSTEM":
        if _particles_step(modifier.particle_system):
            yield from _of_cache(modifier.particle_system.point_cache, kind, name, thing, modifier)
    else:
        for cache in bakes.point_caches(modifier):
            yield from _of_cache(cache, kind, thing.name, thing, modifier)


def _of_cache(cache, kind, name, owner, modifier):
    if not bakes.is_baked(cache):
        yield Unbaked(kind, name, (cache.frame_start, cache.frame_end), owner, modifier, cache=cache)


def _particles_step(system):
    settings = system.settings
    if settings.type not in STEPPING:
        return False
    return system.use_hair_dynamics if settings.type == "HAIR" else settings.physics_type not in AT_REST


def zones(tree, seen=None):
    """The nodes that end a simulation zone, from Blender 3.6: they carry something from frame to frame."""
    seen = set() if seen is None else seen
    if tree is None or tree in seen:
        return
    seen.add(tree)
    for node in needed_nodes(tree, "", lambda: animates(tree, "mute")):
        if node.bl_idname == bakes.ZONE:
            yield node
        yield from zones(getattr(node, "node_tree", None), seen)


def _frames_of_zones(modifier):
    # Without an end of its own a zone goes on for as long as the scene does.
    starts = [first for first, _ in bakes.scene_ranges(modifier)]
    starts += [bake.frame_start for bake in getattr(modifier, "bakes", ()) if bake.use_custom_simulation_frame_range]
    return min(starts, default=1), 1048574
