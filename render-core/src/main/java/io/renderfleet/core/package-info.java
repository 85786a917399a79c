/**
 * The engine that renders frames on many machines: it splits a request into batches, hands them to nodes, watches
 * them, and gives back verified image files.
 *
 * <p>This is the top layer of the module: it may use every package below it, and none of them may use it.
 */
@NullMarked
package io.renderfleet.core;

import org.jspecify.annotations.NullMarked;
