package io.renderfleet.discovery.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.renderfleet.core.spi.Target;
import io.renderfleet.discovery.FoundNodes;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Follows the slices of a service. All but {@link #start} and {@link #close} happens on a thread of its own. */
final class SliceWatch implements AutoCloseable {
    private static final String OF_SERVICE = "kubernetes.io/service-name";
    private static final int PATIENCE_SECONDS = 30;
    private static final int LONGEST_TROUBLE = 300;

    private final Config config;
    private final String namespace;
    private final Map<String, String> labels;
    private final SliceNodes reading;
    private final Duration every;
    private final FoundNodes nodes;
    private final ScheduledExecutorService thread;

    /** These belong to the thread, until it has ended. */
    private @Nullable KubernetesClient client;

    private @Nullable SharedIndexInformer<EndpointSlice> informer;

    SliceWatch(
            Config config,
            String namespace,
            String service,
            Map<String, String> labels,
            SliceNodes reading,
            Duration every) {
        this.config = config;
        this.namespace = namespace;
        this.labels = new HashMap<>(labels);
        this.labels.put(OF_SERVICE, service);
        this.reading = reading;
        this.every = every;
        this.nodes = new FoundNodes("the service " + service + " in the namespace " + namespace + " of Kubernetes");
        this.thread = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread made = new Thread(work, "kubernetes-discovery");
            made.setDaemon(true);
            return made;
        });
    }

    synchronized void start(Consumer<Set<Target>> snapshots) {
        if (nodes.begin(snapshots)) {
            var unused = thread.scheduleWithFixedDelay(this::look, 0, every.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    Optional<String> trouble() {
        return nodes.trouble();
    }

    private void look() {
        try {
            requireAnswer();
            SharedIndexInformer<EndpointSlice> watching = informer;
            if (watching == null || !watching.isRunning() || nodes.trouble().isPresent()) {
                // A watch that was cut waits longer and longer before it connects again, and does not say so; a new one
                // connects at once.
                watching = watchAnew();
            }
            deliver(watching);
        } catch (KubernetesClientException | IOException e) {
            nodes.troubled(shortened(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError e) {
            nodes.failed(e);
        }
    }

    private static String shortened(@Nullable String text) {
        String line = String.valueOf(text).replaceAll("\\p{Cntrl}", " ");
        return line.length() <= LONGEST_TROUBLE ? line : line.substring(0, LONGEST_TROUBLE) + "…";
    }

    /** Asks for next to nothing. */
    private void requireAnswer() {
        var unused = slices().list(new ListOptionsBuilder().withLimit(1L).build());
    }

    private FilterWatchListDeletable<EndpointSlice, EndpointSliceList, Resource<EndpointSlice>> slices() {
        KubernetesClient open = client;
        if (open == null) {
            open = new KubernetesClientBuilder().withConfig(config).build();
            client = open;
        }
        return open.discovery().v1().endpointSlices().inNamespace(namespace).withLabels(labels);
    }

    private SharedIndexInformer<EndpointSlice> watchAnew() throws IOException, InterruptedException {
        unwatch();
        SharedIndexInformer<EndpointSlice> made = slices().runnableInformer(0);
        made.exceptionHandler((begun, problem) -> begun);
        made.addEventHandler(new Changes(made));
        try {
            made.start().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            made.stop();
            throw new IOException(String.valueOf(e.getCause()), e);
        } catch (TimeoutException e) {
            made.stop();
            throw new IOException("it has not told the slices within " + PATIENCE_SECONDS + " s", e);
        }
        informer = made;
        return made;
    }

    private void unwatch() {
        if (informer != null) {
            informer.stop();
            informer = null;
        }
    }

    private void deliver(SharedIndexInformer<EndpointSlice> watching) {
        nodes.found(reading.of(watching.getStore().list()));
    }

    private void changed(SharedIndexInformer<EndpointSlice> changed) {
        if (changed == informer && nodes.trouble().isEmpty()) {
            deliver(changed);
        }
    }

    private synchronized void run(Runnable work) {
        if (!thread.isShutdown()) {
            thread.execute(work);
        }
    }

    /** The thread ends what it has opened, after what it does just now. */
    @Override
    public synchronized void close() {
        nodes.close();
        if (!thread.isShutdown()) {
            thread.execute(this::end);
            thread.shutdown();
        }
    }

    private void end() {
        unwatch();
        if (client != null) {
            client.close();
            client = null;
        }
    }

    @Override
    public String toString() {
        return nodes.toString();
    }

    /** Brings what the watch says onto the thread. */
    private final class Changes implements ResourceEventHandler<EndpointSlice> {
        private final SharedIndexInformer<EndpointSlice> mine;

        Changes(SharedIndexInformer<EndpointSlice> mine) {
            this.mine = mine;
        }

        @Override
        public void onAdd(EndpointSlice slice) {
            run(() -> changed(mine));
        }

        @Override
        public void onUpdate(EndpointSlice old, EndpointSlice slice) {
            run(() -> changed(mine));
        }

        @Override
        public void onDelete(EndpointSlice slice, boolean unknown) {
            run(() -> changed(mine));
        }
    }
}
