/** An application that lives on the module path. */
module org.example.app {
    requires io.renderfleet.core;
    requires io.renderfleet.node;
    requires io.renderfleet.node.server;
    requires io.renderfleet.transport.http;

    // What RenderFleet's modules without a descriptor use of the JDK.
    requires java.desktop;
    requires java.net.http;
}
