package io.stripeline.ptcomm.peer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a backup left on the volume, in order. Heads, attributes and objects are in memory, about 500 bytes a file and
 * what its blobs take; data are in the spool, which lives until this is closed.
 */
public final class RecordedJob implements AutoCloseable {
    private final boolean stock;
    private final List<RecordedFile> files;
    private final List<RestoreObject> objects;
    private final List<PluginObject> pluginObjects;
    private final List<byte[]> gone;
    private final List<byte[]> kept;
    private final Spool spool;

    RecordedJob(
            boolean stock,
            List<RecordedFile> files,
            List<RestoreObject> objects,
            List<PluginObject> pluginObjects,
            List<byte[]> gone,
            List<byte[]> kept,
            Spool spool) {
        this.stock = stock;
        this.files = List.copyOf(files);
        this.objects = List.copyOf(objects);
        this.pluginObjects = List.copyOf(pluginObjects);
        this.gone = List.copyOf(gone);
        this.kept = List.copyOf(kept);
        this.spool = spool;
    }

    /** True where a stock plugin wrote it: its metadata come back before the data whoever restores. */
    boolean isStock() {
        return stock;
    }

    public List<RecordedFile> files() {
        return files;
    }

    public List<RestoreObject> objects() {
        return objects;
    }

    public List<PluginObject> pluginObjects() {
        return pluginObjects;
    }

    /** Names that the job has marked as deleted, and those that its accurate list has found so. */
    public List<byte[]> gone() {
        return gone;
    }

    /** Prefixes that were said to be still there. */
    public List<byte[]> kept() {
        return kept;
    }

    /** Names of all files, as text. */
    public List<String> names() {
        return files.stream()
                .map(file -> new String(file.head().name(), StandardCharsets.UTF_8))
                .toList();
    }

    /** The file of this name; directories with their slash. */
    public Optional<RecordedFile> file(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return files.stream()
                .filter(file -> Arrays.equals(file.head().name(), bytes))
                .findFirst();
    }

    @Override
    public void close() {
        spool.close();
    }
}
