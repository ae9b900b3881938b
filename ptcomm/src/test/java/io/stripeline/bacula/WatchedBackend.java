package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

import io.stripeline.ptcomm.wire.BatchRecord;
import io.stripeline.ptcomm.wire.Packet;
import io.stripeline.ptcomm.wire.PacketReader;
import io.stripeline.ptcomm.wire.RecordType;
import io.stripeline.ptcomm.wire.Status;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumMap;
import java.util.Map;

/**
 * The command that bacula-fd starts in the lab: the backend of this checkout, and before it becomes that, it notes its
 * job. Where a test wants it, it waits until as many others have come as far, or copies both sides of the conversation.
 */
final class WatchedBackend {
    private static final String SCRIPT = """
            #!/bin/bash
            at='%1$s'
            echo "$BACULA_JOBID" >>"$at/started"
            if [ -e "$at/meet" ]; then
              : >"$at/met.$BACULA_JOBID.$$"
              for ((i = 0; i < 1800; i++)); do
                met=("$at"/met.*)
                ((${#met[@]} < $(<"$at/meet"))) || break
                sleep 0.1
              done
            fi
            if [ -e "$at/copy" ]; then
              exec '%2$s' < <(exec tee "$at/plugin.$BACULA_JOBID.$$") > >(exec tee "$at/backend.$BACULA_JOBID.$$")
            fi
            exec '%2$s'
            """;

    private final Path directory;

    /** Puts the command into an empty directory that the daemons see. */
    WatchedBackend(Path directory, Path backend) throws IOException {
        this.directory = directory;
        Files.writeString(command(), String.format(SCRIPT, directory, backend));
        Files.setPosixFilePermissions(command(), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.writeString(directory.resolve("started"), "");
    }

    Path command() {
        return directory.resolve("backend");
    }

    /** How many were started for a job. */
    long started(int job) throws IOException {
        return Files.readAllLines(directory.resolve("started")).stream()
                .filter(String.valueOf(job)::equals)
                .count();
    }

    /** From now on none begins before {@code count} are there, which one that waits alone gives up after minutes. */
    void meet(int count) throws IOException {
        Files.writeString(directory.resolve("meet"), String.valueOf(count));
    }

    /** From now on both sides of conversations are copied. */
    void copy() throws IOException {
        Files.writeString(directory.resolve("copy"), "");
    }

    /** Back to nothing but notes. */
    void plain() throws IOException {
        Files.deleteIfExists(directory.resolve("meet"));
        Files.deleteIfExists(directory.resolve("copy"));
        try (DirectoryStream<Path> met = Files.newDirectoryStream(directory, "met.*")) {
            for (Path one : met) {
                Files.delete(one);
            }
        }
    }

    /** Records of batches by type that the plugin sent to the backends of a job; empty where it sent no batch. */
    Map<RecordType, Integer> fromPlugin(int job) throws IOException {
        return records("plugin." + job);
    }

    /** The same of what the backends sent. */
    Map<RecordType, Integer> fromBackend(int job) throws IOException {
        return records("backend." + job);
    }

    private Map<RecordType, Integer> records(String name) throws IOException {
        Map<RecordType, Integer> records = new EnumMap<>(RecordType.class);
        long packets = 0;
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(directory, name + ".*")) {
            for (Path copy : copies) {
                try (FileChannel channel = FileChannel.open(copy)) {
                    PacketReader in = new PacketReader(channel);
                    for (Packet packet = in.read(); packet != null; packet = in.read()) {
                        count(packet, records);
                    }
                    packets += in.packets();
                }
            }
        }
        assertThat(packets).as("packets of " + name).isGreaterThan(5); // a copy was made, and of a conversation
        return records;
    }

    private static void count(Packet packet, Map<RecordType, Integer> records) {
        ByteBuffer batch = ByteBuffer.wrap(packet.status() == Status.BATCH ? packet.payload() : new byte[0]);
        while (batch.hasRemaining()) {
            records.merge(BatchRecord.next(batch).type(), 1, Integer::sum);
        }
    }
}
