package io.stripeline.ptcomm;

import java.io.IOException;

/** How the blocks of a restore come: reads them into an assembly. Of one thread; blocks while the plugin says nothing. */
sealed interface RestoreBlocks permits AnsweredBlocks, RecordBlocks {
    /** Reads one block, or a part of a long one; false after FINISH, which is not acknowledged here. */
    boolean step() throws IOException, InterruptedException;
}
