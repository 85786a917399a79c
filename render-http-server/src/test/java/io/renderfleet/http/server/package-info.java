/** Tests of the HTTP layer, against a Jetty on the loopback interface. */
@NullMarked
package io.renderfleet.http.server;

import org.jspecify.annotations.NullMarked;
