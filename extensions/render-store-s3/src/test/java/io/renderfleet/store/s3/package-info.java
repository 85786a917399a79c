/** Tests against a real server. */
@NullMarked
package io.renderfleet.store.s3;

import org.jspecify.annotations.NullMarked;
