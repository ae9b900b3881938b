package io.stripeline.backend;

import io.stripeline.flow.Job;
import io.stripeline.ptcomm.BackendSession;
import io.stripeline.ptcomm.EntryList;
import io.stripeline.ptcomm.FileSetRules;
import io.stripeline.ptcomm.cursor.DirectoryWatch;
import io.stripeline.ptcomm.cursor.TreeDevices;
import io.stripeline.scan.Gate;
import java.io.IOException;
import java.nio.file.Path;

/** Estimates: what a backup of this level would send, without reading it. */
final class EstimateJob {
    private final BackendSession session;
    private final JobOptions options;
    private final Cancel cancel;

    EstimateJob(BackendSession session, JobOptions options, Cancel cancel) {
        this.session = session;
        this.options = options;
        this.cancel = cancel;
    }

    void run() throws IOException {
        options.scan();
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        try (OpenTrees trees = OpenTrees.of(options);
                JobLog log = new JobLog(session, cancel, temporary)) {
            Job job = Job.start(log);
            long begun = System.nanoTime();
            session.ready();
            Jobs.warnOfUnknown(session.parameters(), log);
            log.every(() -> JobLog.progress(job.progress(), (System.nanoTime() - begun) / 1e9));
            Bases bases = Bases.of(session, options, log, temporary);
            for (OpenTrees.Tree tree : trees.all()) {
                log.in(tree.path());
                try (Bases.OfTree known = bases.of(tree)) {
                    Gate rules = DirectoryRules.of(
                            new FileSetRules(session, tree.path(), job), tree.path(), options, job.progress());
                    Gate gate =
                            new DirectoryWatch(rules, tree.path(), TreeDevices.of(tree.volume()), known.since(), null);
                    cancel.await(Finding.of(tree, bases, known, options.incremental(), null, log)
                            .find(
                                    walks -> options.scan().gate(gate),
                                    known.base(),
                                    temporary,
                                    job,
                                    found -> EntryList.estimate(
                                                    session,
                                                    tree.path(),
                                                    tree.volume().content(),
                                                    found.base(),
                                                    job)
                                            .write(found.rows())
                                            .flux())
                            .then());
                }
            }
            log.sayWhereTheRestIs();
            session.endOfList();
        }
        session.finish();
    }
}
