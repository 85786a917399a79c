/**
 * The few operations on files that must be right everywhere on a node: atomic writes, paths that stay inside their root, trees that
 * are removed without following links.
 *
 * <p>Depends on nothing of the project.
 */
@NullMarked
package io.renderfleet.node.files;

import org.jspecify.annotations.NullMarked;
