package io.stripeline.ptcomm;

import io.stripeline.ptcomm.peer.BackendLink;
import java.io.IOException;

/** A way to start the backend that the conformance tests look at. */
public interface BackendUnderTest {
    /** System property that the backend heeds: seconds between two signs of life. A process is given that of this JVM. */
    String PROGRESS = "stripeline.progress.seconds";

    /** Starts one for one conversation. Whoever gets it ends it. */
    BackendLink start() throws IOException;

    /** Whether it is a process, which has signals, a memory and an exit status of its own. */
    boolean isProcess();
}
