#!/bin/sh
# Creates the namespace and waits until it can be used. Safe to run again: an existing namespace is not changed.
# Where and which: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, read by the temporal command.
set -eu

retention=30d # how long the UI shows runs that have ended

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention "$retention"

# Servers learn of a new namespace some seconds later.
tries=60
until temporal workflow count --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo "the namespace $TEMPORAL_NAMESPACE cannot be used at $TEMPORAL_ADDRESS" >&2
    exit 1
  fi
  sleep 1
done
echo "the namespace $TEMPORAL_NAMESPACE is ready"
