#!/bin/sh
# Starts the lab when the container has started. In GitHub Codespaces the browser reaches it by another name, over HTTPS.
if [ -n "$CODESPACE_NAME" ]; then
  name="$CODESPACE_NAME-8190.$GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN"
  export WAYBILL_ALLOWED_HOSTS="$name" WAYBILL_PAGE_URL="https://$name"
fi
mkdir -p .waybill
rm -f .waybill/start.log
setsid node lab/guard.js up > .waybill/start.log 2>&1 < /dev/null &
until grep -q 'Waybill is ready' .waybill/start.log || ! kill -0 $! 2> /dev/null; do sleep 1; done
cat .waybill/start.log
