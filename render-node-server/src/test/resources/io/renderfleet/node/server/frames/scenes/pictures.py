"""Scenes with picture files and films."""

import os

from scenes.stage import load_image, textured


def texture_sequence_without_refresh(stage):
    """Auto Refresh is off in new image texture nodes."""
    stage.begin()
    image = load_image(stage, stage.sequence("t%03d.png", 5), "SEQUENCE")
    node = textured(stage.material, image, frames=5)
    assert not node.image_user.use_auto_refresh
    stage.save()


def texture_missing(stage):
    stage.begin()
    stage.picture("wood.png", (1, 0.5, 0, 1))
    textured(stage.material, load_image(stage, "//wood.png"))
    stage.save()
    os.remove(stage.at("wood.png"))
