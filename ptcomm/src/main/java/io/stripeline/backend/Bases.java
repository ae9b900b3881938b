package io.stripeline.backend;

import io.stripeline.flow.Base;
import io.stripeline.flow.Job;
import io.stripeline.ptcomm.BackendSession;

/** What a job of some level need not send again. */
final class Bases {
    private Bases() {}

    static Base of(BackendSession session, JobOptions options, OpenTrees.Tree tree, Job job) {
        return Base.NONE;
    }
}
