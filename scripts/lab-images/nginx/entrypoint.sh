#!/bin/sh
# Fills the templates from the environment and runs the scripts of /docker-entrypoint.d, as the official image does.
set -e
if [ "$1" = nginx ]; then
    names=$(env | sed -n 's/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/${\1} /p' | tr -d '\n')
    for template in /etc/nginx/templates/*.template; do
        [ -e "$template" ] || continue
        name="/etc/nginx/conf.d/$(basename "$template" .template)"
        [ -w /etc/nginx/conf.d ] && envsubst "$names" <"$template" >"$name"
    done
    for script in /docker-entrypoint.d/*.sh; do
        [ -x "$script" ] && "$script"
    done
fi
exec "$@"
