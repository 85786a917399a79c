/** An application that lives on the module path, as RenderFleet's core does. */
module org.example.app {
    requires io.renderfleet.core;
}
