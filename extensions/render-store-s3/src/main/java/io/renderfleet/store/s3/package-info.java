/** Scenes and frames in a bucket; entry point {@link io.renderfleet.store.s3.S3Content}. */
@NullMarked
package io.renderfleet.store.s3;

import org.jspecify.annotations.NullMarked;
