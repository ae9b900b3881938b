/** What the drivers of the tests share, apart from the test kit, which is not on a backend's class path. */
@NullMarked
package io.stripeline.forward;

import org.jspecify.annotations.NullMarked;
