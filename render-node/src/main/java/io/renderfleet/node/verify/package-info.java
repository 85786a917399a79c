/**
 * Finds out whether a rendered file is a whole image; entry point {@link io.renderfleet.node.verify.OutputVerifier}.
 *
 * <p>May depend on render-core and {@code node.files}.
 */
@NullMarked
package io.renderfleet.node.verify;

import org.jspecify.annotations.NullMarked;
