package io.stripeline.ptcomm;

import io.stripeline.write.RestorePlan.Overwrite;

/**
 * What a restore takes of what the plugin sends. The writer's plan has to have the same rule for what is there: here it
 * is asked so that no content is sent for nothing.
 *
 * @param overwrite what becomes of a name that is there already
 * @param specials devices, sockets and fifos are restored; else they are left out, and counted
 */
public record RestoreChoice(Overwrite overwrite, boolean specials) {
    /** Everything, over what is there as the job's own Replace says. */
    public static RestoreChoice of(JobBlock job) {
        return new RestoreChoice(
                switch (job.replace()) {
                    case ALWAYS -> Overwrite.ALWAYS;
                    case IF_NEWER -> Overwrite.NEWER;
                    case IF_OLDER -> Overwrite.OLDER;
                    case NEVER -> Overwrite.NEVER;
                },
                true);
    }
}
