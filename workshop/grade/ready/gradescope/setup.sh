#!/usr/bin/env bash
# Gradescope runs this once, when the autograder's image is built. See docs/grading.md.
set -euo pipefail
apt-get update
apt-get install -y --no-install-recommends nodejs npm
npm install -g node@22 # what distributions have is often too old
node -e 'const [major] = process.versions.node.split("."); if (Number(major) < 20) { console.error("Node.js 20.19 or later is needed"); process.exit(1) }'
cd "${AUTOGRADER:-/autograder}/source"
npm ci --no-audit --no-fund
