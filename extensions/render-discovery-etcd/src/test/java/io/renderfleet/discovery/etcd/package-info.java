@NullMarked
package io.renderfleet.discovery.etcd;

import org.jspecify.annotations.NullMarked;
