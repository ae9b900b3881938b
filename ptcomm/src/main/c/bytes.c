/* SPDX-License-Identifier: AGPL-3.0-only
 *
 * Growing byte strings.
 */
#include "shim.h"
#include <stdlib.h>
#include <string.h>

int bytes_room(struct bytes *b, size_t more) {
  size_t want = b->len + more + 1, room = b->room ? b->room : 64;
  if (want <= b->room) return 0;
  while (room < want) room *= 2;
  char *p = realloc(b->p, room);
  if (!p) return -1;
  b->p = p;
  b->room = room;
  return 0;
}

int bytes_add(struct bytes *b, const void *p, size_t len) {
  if (bytes_room(b, len)) return -1;
  if (len) memcpy(b->p + b->len, p, len);
  b->len += len;
  b->p[b->len] = 0;
  return 0;
}

int bytes_set(struct bytes *b, const char *text) {
  b->len = 0;
  return bytes_add(b, text, strlen(text));
}

void bytes_free(struct bytes *b) {
  free(b->p);
  memset(b, 0, sizeof *b);
}
