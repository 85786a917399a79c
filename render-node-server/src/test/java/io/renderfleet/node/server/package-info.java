/** Tests of the node server, over real sockets on the loopback interface. */
@NullMarked
package io.renderfleet.node.server;

import org.jspecify.annotations.NullMarked;
