package io.stripeline.change;

import io.stripeline.inode.InodeId;
import io.stripeline.inode.RawPath;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The names of an earlier backup: what was where, so that it can be told what is not there any more. */
public interface Past {
    /**
     * A name below a directory.
     *
     * @param path relative to the volume's root
     */
    record Name(RawPath path, boolean directory) {}

    /** Knows nothing. */
    Past NONE = new Past() {
        @Override
        public @Nullable RawPath directory(InodeId id) {
            return null;
        }

        @Override
        public Flux<Name> below(RawPath directory) {
            return Flux.empty();
        }
    };

    /** Where a directory was; null where it was not in that backup. May block. */
    @Nullable
    RawPath directory(InodeId id);

    /** Everything that was below a directory, itself left out. Cold; nothing where it was not there. May block. */
    Flux<Name> below(RawPath directory);
}
