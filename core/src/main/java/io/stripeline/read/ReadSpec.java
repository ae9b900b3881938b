package io.stripeline.read;

import io.stripeline.Capabilities;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the reader stage reads. Immutable; each verb returns a copy.
 *
 * @param readAhead most entries ahead of the one that is sent, be they done, under way or waiting for a reader
 * @param readers most threads that read them, so most entries open at once
 * @param smallSlabs files of up to this many slabs are read by one thread, larger ones by blocks
 * @param stripes stripe count assumed of a large file whose layout is not known; 2 blocks a stripe are read at once and
 *     4 are held ahead of the sink
 * @param blockReaders most threads that read blocks of large files, of all of them together
 * @param timeGranularity two changes closer than this may carry the same time; never less than two seconds
 * @param linksInMemory inodes with several names that are remembered in memory (about 300 bytes each, and the path);
 *     those beyond are remembered in a file
 * @param spill directory for that file; it is made when it is needed and has no name
 */
public record ReadSpec(
        int readAhead,
        int readers,
        int smallSlabs,
        int stripes,
        int blockReaders,
        Duration timeGranularity,
        int linksInMemory,
        Path spill) {
    /** Clients and servers of a parallel filesystem may disagree by a second, and some keep whole seconds only. */
    public static final Duration LEAST_GRANULARITY = Duration.ofSeconds(2);

    public ReadSpec {
        check("readAhead", readAhead, 1, 4096);
        check("readers", readers, 1, 1024);
        check("smallSlabs", smallSlabs, 1, 1 << 20);
        check("stripes", stripes, 1, 4096);
        check("blockReaders", blockReaders, 1, 1024);
        check("linksInMemory", linksInMemory, 1, 1 << 26);
        if (timeGranularity.compareTo(LEAST_GRANULARITY) < 0) {
            timeGranularity = LEAST_GRANULARITY;
        }
    }

    /**
     * 64 entries ahead; four readers a core, at least 16 since latency and not the core is what they wait for, at most
     * 64; files of up to four slabs by one of them; one stripe; 64 readers of blocks; 100,000 linked inodes in memory.
     */
    public static ReadSpec standard() {
        int cores = Runtime.getRuntime().availableProcessors();
        return new ReadSpec(
                64,
                Math.max(16, Math.min(64, 4 * cores)),
                4,
                1,
                64,
                LEAST_GRANULARITY,
                100_000,
                Path.of(System.getProperty("java.io.tmpdir")));
    }

    /** {@link #standard()} for a volume of these capabilities. */
    public static ReadSpec of(Capabilities capabilities) {
        return standard().timeGranularity(capabilities.timeGranularity());
    }

    public ReadSpec readAhead(int entries) {
        return new ReadSpec(entries, readers, smallSlabs, stripes, blockReaders, timeGranularity, linksInMemory, spill);
    }

    public ReadSpec readers(int most) {
        return new ReadSpec(readAhead, most, smallSlabs, stripes, blockReaders, timeGranularity, linksInMemory, spill);
    }

    public ReadSpec smallSlabs(int slabs) {
        return new ReadSpec(readAhead, readers, slabs, stripes, blockReaders, timeGranularity, linksInMemory, spill);
    }

    public ReadSpec stripes(int count) {
        return new ReadSpec(readAhead, readers, smallSlabs, count, blockReaders, timeGranularity, linksInMemory, spill);
    }

    public ReadSpec blockReaders(int most) {
        return new ReadSpec(readAhead, readers, smallSlabs, stripes, most, timeGranularity, linksInMemory, spill);
    }

    public ReadSpec timeGranularity(Duration least) {
        return new ReadSpec(readAhead, readers, smallSlabs, stripes, blockReaders, least, linksInMemory, spill);
    }

    public ReadSpec links(int inMemory, Path spillDirectory) {
        return new ReadSpec(
                readAhead, readers, smallSlabs, stripes, blockReaders, timeGranularity, inMemory, spillDirectory);
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " must be " + least + " to " + most + ", not " + value);
        }
    }
}
