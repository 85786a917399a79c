/**
 * Where the frames of jobs end up on this machine: {@link io.renderfleet.core.output.FolderOutputs}.
 */
@NullMarked
package io.renderfleet.core.output;

import org.jspecify.annotations.NullMarked;
