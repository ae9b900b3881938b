#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Installs the Debian packages that the rig needs to be built and checked, where they are missing.
set -u
need=(gcc make pkg-config libfuse3-dev fuse3 attr libc6-dev)
missing=()
for p in "${need[@]}"; do
  [[ $(dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null) == installed ]] || missing+=("$p")
done
[[ ${#missing[@]} -gt 0 ]] || { echo "latency-fs: all packages are there: ${need[*]}"; exit 0; }
if [[ $EUID -ne 0 ]]; then
  echo "latency-fs: missing Debian packages, install them as root: apt-get install ${missing[*]}" >&2
  exit 1
fi
echo "latency-fs: installing ${missing[*]}"
apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null
