package io.stripeline.ptcomm;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;

/**
 * The way to the plugin. A pipe fails only where nobody reads it any more: that is the same news as the end of what the
 * plugin sends, whichever of the two comes first.
 */
final class PluginPipe implements GatheringByteChannel {
    private final GatheringByteChannel pipe;

    PluginPipe(GatheringByteChannel pipe) {
        this.pipe = pipe;
    }

    private static IOException gone(IOException failed) {
        if (failed instanceof ClosedChannelException) {
            return failed; // by this side
        }
        EOFException gone = new EOFException("The plugin does not read any more: " + failed.getMessage());
        gone.initCause(failed);
        return gone;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        try {
            return pipe.write(source);
        } catch (IOException failed) {
            throw gone(failed);
        }
    }

    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        try {
            return pipe.write(sources, offset, length);
        } catch (IOException failed) {
            throw gone(failed);
        }
    }

    @Override
    public boolean isOpen() {
        return pipe.isOpen();
    }

    @Override
    public void close() throws IOException {
        pipe.close();
    }
}
