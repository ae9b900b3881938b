package io.stripeline.backend;

import io.stripeline.Volume;
import io.stripeline.flow.Job;
import io.stripeline.inode.InodeBatch;
import io.stripeline.inode.RawPath;
import io.stripeline.posix.PosixException;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.EntryList;
import io.stripeline.scan.Gate;
import io.stripeline.scan.ScanSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.function.Function;

/** Answers the console's {@code .ls}: the entries of one directory. */
final class ListingJob {
    private final BackendSession session;
    private final JobOptions options;
    private final Cancel cancel;

    ListingJob(BackendSession session, JobOptions options, Cancel cancel) {
        this.session = session;
        this.options = options;
        this.cancel = cancel;
    }

    void run() throws IOException {
        RawPath path = RawPath.of(session.parameters().lastBytes("listing").orElse(new byte[] {'/'}));
        Function<Path, Volume> opener = OpenTrees.opener(options);
        session.ready();
        try (JobLog log = new JobLog(session, cancel, Path.of(System.getProperty("java.io.tmpdir")))) {
            log.in(path);
            try (Volume volume = opener.apply(OpenTrees.path(path))) {
                Job job = Job.start(log);
                EntryList list = EntryList.listing(session, volume.content(), job);
                cancel.await(list.write(volume.scan(ScanSpec.all().gate(onlyTheRoot()), job)));
            } catch (PosixException | IllegalArgumentException | JobOptions.Bad unreadable) {
                log.warn(String.valueOf(unreadable.getMessage()));
            }
            session.endOfList();
        }
        session.finish();
    }

    private static Gate onlyTheRoot() {
        return (InodeBatch rows, BitSet taken, BitSet entered) -> {
            for (int row = 0; row < rows.size(); row++) {
                entered.set(row, rows.name(row).length == 0);
            }
        };
    }
}
