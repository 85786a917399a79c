/**
 * Finds out whether a rendered file is a whole image; entry point {@link io.renderfleet.node.verify.OutputVerifier}.
 */
@NullMarked
package io.renderfleet.node.verify;

import org.jspecify.annotations.NullMarked;
