#!/bin/sh
# Runs targets of the Makefile one after the other, also after one has failed, and lists the failed ones at the end.
#
#     sh tests/tools/steps.sh TARGET...
#
# A shell script, because it runs before any Python is chosen.
failed=""
for target in "$@"; do
    ${MAKE:-make} --no-print-directory "$target" || failed="$failed $target"
done
if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
