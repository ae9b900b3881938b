package io.stripeline.logged;

import io.stripeline.Capabilities;
import io.stripeline.Volume;
import io.stripeline.change.ChangeSource;
import io.stripeline.forward.ForwardingVolume;
import java.util.Optional;

/** A directory that tells its changes; all else is the inner volume's. */
final class LoggedVolume extends ForwardingVolume {
    LoggedVolume(Volume inner) {
        super(inner);
    }

    @Override
    public String kind() {
        return "logged";
    }

    @Override
    public Capabilities capabilities() {
        Capabilities of = super.capabilities();
        return new Capabilities(
                true,
                of.layouts(),
                of.setLayout(),
                of.hardLinks(),
                of.xattrs(),
                of.allXattrs(),
                of.holes(),
                of.generation(),
                of.timeGranularity(),
                of.metadataLanes());
    }

    @Override
    public Optional<ChangeSource> changes() {
        return Optional.of(new LoggedChanges(root()));
    }
}
