/**
 * Scenes on a node: how a job names one, and the store of those that were sent by content; entry point {@link
 * io.renderfleet.node.scene.SceneStore}.
 */
@NullMarked
package io.renderfleet.node.scene;

import org.jspecify.annotations.NullMarked;
