package io.stripeline.dedup.blob;

class PowerCutBlobStoreTest extends BlobStoreContract {
    @Override
    BlobStore store() {
        return new PowerCutFiles(1).store();
    }
}
