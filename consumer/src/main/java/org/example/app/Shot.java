package org.example.app;

import io.renderfleet.core.model.FrameSet;

/** What this application would have rendered. */
record Shot(String name, FrameSet frames) {
    /** Reads {@code name:frames}, as in {@code shot-010:1-20}. */
    static Shot parse(String text) {
        String[] parts = text.split(":", 2);
        return new Shot(parts[0], FrameSet.parse(parts[1]));
    }
}
