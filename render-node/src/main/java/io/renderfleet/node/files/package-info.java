/**
 * The few operations on files that must be right everywhere on a node: atomic writes, paths that stay inside their root, locks, and room on
 * the disk.
 */
@NullMarked
package io.renderfleet.node.files;

import org.jspecify.annotations.NullMarked;
