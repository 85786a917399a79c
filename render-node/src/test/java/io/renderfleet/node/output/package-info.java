/** Tests of what a node does with the files that were rendered. */
@NullMarked
package io.renderfleet.node.output;

import org.jspecify.annotations.NullMarked;
