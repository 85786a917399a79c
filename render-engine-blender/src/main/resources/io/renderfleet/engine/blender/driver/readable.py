"""Whether a file that is there is what its reader takes it for."""

import os

LFS = b"version https://git-lfs.github.com/spec/"


def fault(path, kind, block):
    """What is wrong with it, in words that go on after its name, or None.

    Costs an open and one read of the first bytes of each file.
    """
    try:
        with open(path, "rb") as file:
            head = file.read(64)
    except OSError as problem:
        return "cannot be read (%s)" % (problem.strerror or problem)
    if not head:
        return "is empty"
    if head.startswith(LFS):
        return "is a Git LFS pointer, not the file itself"
    return None
