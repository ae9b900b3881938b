/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Files for what must not fill bacula-fd's memory. They have no name, so that they end with their descriptor.
 */
#include "shim.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* NFS and some FUSE filesystems have no O_TMPFILE: the file has a name for a moment there. */
static int named_for_a_moment(const char *dir) {
  char *name = NULL;
  if (asprintf(&name, "%s/.stripeline-XXXXXX", dir) < 0) { errno = ENOMEM; return -1; }
  int fd = mkostemp(name, O_CLOEXEC);
  if (fd >= 0) unlink(name);
  free(name);
  return fd;
}

int temporary_file(struct job *j, const char **dir) {
  char *working = NULL;
  core->get_value(j->ctx, VAR_WORKING_DIR, &working);
  *dir = working && *working ? working : "/tmp";
  int fd = open(*dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  return fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL) ? named_for_a_moment(*dir) : fd;
}
