package io.renderfleet.node.time;

/** Something that was asked for and can be called off. Closing is quick, can be done twice, and from any thread. */
@FunctionalInterface
public interface Registration extends AutoCloseable {

    /** What is over already and cannot be called off. */
    Registration DONE = () -> {};

    @Override
    void close();
}
