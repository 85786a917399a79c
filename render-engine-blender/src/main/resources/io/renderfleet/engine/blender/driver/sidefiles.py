"""What the files of File Output nodes are called: as the artist wrote it where every file system takes it, and never twice.

Blender writes under neutral names, so that neither long nor strange nor equal names hurt. Each file then gets its name,
FRAME-NODE-SLOT, with the frame's number where the slot wants it. The names follow from the scene and the frame alone, so
that all attempts and nodes agree on them.
"""

import os
import re
import unicodedata

# No file system takes more bytes in a name; names of views and extensions come behind what is counted here.
LONGEST_NAME = 255
LONGEST_REST = 60
LONGEST_NUMBER = 12
FORBIDDEN = '<>:"/\\|?*'
JOINERS = "\u200c\u200d"


class SideFile:
    """One output of one File Output node. A slot of None stands for all that the node writes."""

    def __init__(self, node, slot):
        self.node = node
        self.slot = slot
        self.prefix = node
        self.template = ""

    def settle(self, room, taken, spell):
        """Chooses a name that no file system takes for one of those that are taken."""
        template = ""
        if self.slot is not None:
            template = spell(re.sub(r"/", "-", relative(self.slot)))
            template = numbered(template)
        node = cut(spell(self.node), max(16, room // 2))
        tries = 1
        while True:
            self.prefix = node if tries == 1 else "%s-%d" % (node, tries)
            self.template = shortened(template, room - len(self.prefix.encode("utf-8")))
            text = key(self.prefix + "-" + self.template)
            if text not in taken:
                taken.add(text)
                return
            tries += 1

    def name(self, frame, rest, spell):
        start = self.prefix + ("-" + in_frame(self.template, frame) if self.template else "")
        return (start + spell(rest)).rstrip(" .")

    def change(self):
        """A sentence about a name that is not the one that the artist wrote; None where it is."""
        written = numbered(re.sub(r"/", "-", relative(self.slot))) if self.slot is not None else ""
        if (self.prefix, self.template) == (self.node, written):
            return None
        slot = "" if self.slot is None else ", '%s'," % self.slot
        shown = self.prefix + ("-" + self.template if self.template else "")
        return "The files of the File Output node '%s'%s are called FRAME-%s" % (self.node, slot, shown)


def settle(files, frame_name, spell):
    """Gives each its name, in this order. ``frame_name`` comes before each of them."""
    own = len(os.path.basename(frame_name).encode("utf-8"))
    taken = set()
    for each in files:
        each.settle(max(40, LONGEST_NAME - LONGEST_REST - own), taken, spell)


def legal(name):
    """The name without what some file system refuses: Windows' signs, controls, and what is seen by nobody."""
    return "".join(_legal(sign) for sign in unicodedata.normalize("NFC", name))


def ascii_only(name):
    """The same for a program that can only open files with Latin names."""
    return re.sub(r"[^ -~]", "_", legal(name))


def _legal(sign):
    kind = unicodedata.category(sign)
    if kind == "Zs":
        return " "
    hidden = kind[0] == "C" and sign not in JOINERS
    return "_" if sign in FORBIDDEN or hidden or kind in ("Zl", "Zp") else sign


def key(name):
    """Equal for names that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def relative(path):
    """A path without what leads out of its folder."""
    return "/".join(part for part in re.split(r"[/\\]+", path) if part not in ("", ".", ".."))


def numbered(template):
    """With a place for the frame's number, which Blender puts at the end where there is none."""
    return template if "#" in template else template + "####"


def in_frame(template, frame):
    """The number in place of the last run of #, as Blender puts it."""
    runs = list(re.finditer("#+", template))
    last = runs[-1]
    width = min(LONGEST_NUMBER, last.end() - last.start())
    return template[:last.start()] + "%.*d" % (width, frame) + template[last.end():]


def shortened(template, room):
    """Cut to so many bytes, with its number."""
    if len(template.encode("utf-8")) <= room:
        return template
    number = "#" * min(LONGEST_NUMBER, max(4, len(re.search("#*$", template).group())))
    return cut(template.rstrip("#"), room - len(number)).replace("#", "_") + number


def cut(text, room):
    return text if len(text.encode("utf-8")) <= room else text.encode("utf-8")[:room].decode("utf-8", "ignore")


def unique(name, taken):
    """The name, with a number before its extension where it is taken."""
    base, ending = os.path.splitext(name)
    tries, found = 1, name
    while key(found) in taken:
        tries += 1
        found = "%s-%d%s" % (base, tries, ending)
    taken.add(key(found))
    return found
