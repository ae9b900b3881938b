package io.stripeline.scan;

import io.stripeline.inode.InodeBatch;
import java.util.BitSet;

/**
 * Somebody else's say in what a scan reports and enters, asked before it does: the FileSet rules of a backup server, for
 * example. Asked once for all rows that a worker has gathered, up to {@link InodeBatch#CAPACITY}; no directory is
 * entered before the answer.
 *
 * <p>Called by the threads of the scan, several at once; it may block, which holds up that worker only. What it throws
 * ends the scan.
 */
public interface Gate {
    /**
     * Clears bits of what is to be left out.
     *
     * @param rows what was found, parents of other rows never after them; read only
     * @param taken one bit a row, all set: cleared rows are not reported, nor entered, and count as skipped
     * @param entered one bit a row, all set: directories whose bit is cleared are reported but not entered
     */
    void ask(InodeBatch rows, BitSet taken, BitSet entered);
}
