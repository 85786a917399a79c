"""Which strips of a sequencer make pictures, and when."""

from animation import animates


def shown_strips(scene):
    """The strips that make pictures; while there is one, the scene itself is not rendered."""
    editor = scene.sequence_editor
    if editor is None:
        return []
    top = [each for each in _top(editor) if each.type != "SOUND" and not _muted(each, editor)]
    return list(_with_those_below(top))


def _with_those_below(strips):
    for strip in strips:
        yield strip
        if strip.type == "META":
            yield from _with_those_below([each for each in _top(strip) if not _muted(each, strip)])
        below = [getattr(strip, name, None) for name in ("input_1", "input_2")]
        below += [getattr(each, "input_mask_strip", None) for each in getattr(strip, "modifiers", ())]
        yield from (each for each in below if each is not None and each.mute)


def _top(owner):
    return owner.strips if hasattr(owner, "strips") else owner.sequences


def _muted(strip, owner):
    if strip.mute:
        return not animates(strip.id_data, "mute")
    channels = getattr(owner, "channels", ())
    return strip.channel < len(channels) and channels[strip.channel].mute


def during(strip, start):
    """Which frame of what it shows a strip shows when, if that begins at this one."""

    def shown(frame):
        if not strip.frame_final_start <= frame < strip.frame_final_end:
            return None
        return int(frame - strip.frame_start + start + strip.animation_offset_start)

    return shown
