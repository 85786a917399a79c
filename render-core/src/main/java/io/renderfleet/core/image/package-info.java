/**
 * Finds out whether the bytes of a picture are whole, while they stream by; entry point {@link
 * io.renderfleet.core.image.ImageCheck}. Depends on nothing of ours, so that nodes and coordinators can use it alike.
 */
@NullMarked
package io.renderfleet.core.image;

import org.jspecify.annotations.NullMarked;
