package io.stripeline.backend;

import io.stripeline.ptcomm.BackendSession;

/** Restores. */
final class RestoreJob {
    RestoreJob(BackendSession session, JobOptions options, Cancel cancel) {}

    void run() {
        throw new JobOptions.Bad("restore is not in this release");
    }
}
