package io.renderfleet.core.model;

/**
 * What renders on a node.
 *
 * @param name such as {@code blender}
 * @param version such as {@code 3.4.1}
 */
public record EngineInfo(String name, String version) {}
