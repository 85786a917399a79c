/**
 * Large files kept by their content, as nodes and servers keep the scenes that are sent to them; entry point {@link
 * io.renderfleet.core.content.FolderContentStore}.
 */
@NullMarked
package io.renderfleet.core.content;

import org.jspecify.annotations.NullMarked;
