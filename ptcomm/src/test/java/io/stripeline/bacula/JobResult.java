package io.stripeline.bacula;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A job that has ended.
 *
 * @param id its JobId
 * @param status letter of the catalog: T good, E error, f fatal, A cancelled, I incomplete
 * @param files entries saved or restored
 * @param bytes content, after what the FileSet's options do to it
 * @param errors as the Director counts them
 * @param log its messages, the report included
 */
record JobResult(int id, String status, long files, long bytes, int errors, String log) {
    /** Good, and nothing went wrong on the way. */
    JobResult good() {
        assertThat(status).as(log).isEqualTo("T");
        assertThat(errors).as(log).isZero();
        return this;
    }
}
