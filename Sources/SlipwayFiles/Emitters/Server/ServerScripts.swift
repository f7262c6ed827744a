// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/setup-vps.sh` and `scripts/deploy-ssh.sh`.
struct ServerScripts {
    let layout: Layout
    private var files: ServerFiles { ServerFiles(layout: layout) }

    var setup: String {
        let unit = files.unit
        return ShellScript(
            about: "Prepares a Debian or Ubuntu server for \(layout.name): user, firewall, nginx, certificate, units.",
            usage: """
                Usage: scripts/setup-vps.sh --domain NAME [--email ADDRESS] (--compose | --engine)

                  --domain NAME    the public name; its A and AAAA records lead to this server already
                  --email ADDRESS  told before a certificate ends; without it no certificate is asked for
                  --compose        run under Docker Compose
                  --engine         run under Slipway's embedded engine, which is at /usr/local/bin/slipway

                Run it as root on the server, from a copy of the repository. Safe to run again. The values of production
                belong into \(files.values), which it makes when it is not there.
                """,
            body: #"""
                domain=""
                email=""
                mode=""
                while [[ $# -gt 0 ]]; do
                    case "$1" in
                        --domain) domain="${2:?--domain needs a name}"; shift 2 ;;
                        --email) email="${2:?--email needs an address}"; shift 2 ;;
                        --compose | --engine) mode="${1#--}"; shift ;;
                        *) fail "unknown argument $1; see --help" 64 ;;
                    esac
                done
                [[ "$domain" =~ ^[A-Za-z0-9.-]+$ ]] || fail "--domain needs a name such as app.example.org" 64
                [[ -n "$mode" ]] || fail "say --compose or --engine" 64
                [[ "$(id -u)" == 0 ]] || fail "run it as root" 77

                say "packages"
                export DEBIAN_FRONTEND=noninteractive
                packages=(nginx certbot python3-certbot-nginx logrotate ufw unattended-upgrades fail2ban curl git)
                if [[ "$mode" == compose ]] && ! docker compose version >/dev/null 2>&1; then
                    packages+=(docker.io docker-compose-v2)
                    apt-cache show docker-compose-v2 >/dev/null 2>&1 || fail "install Docker with Compose first: docs.docker.com/engine/install" 69
                fi
                apt-get update -qq
                apt-get install -y -qq --no-install-recommends "${packages[@]}"

                say "user and folders"
                id \#(files.account) >/dev/null 2>&1 || useradd --system --create-home --home-dir \#(files.home) --shell /usr/sbin/nologin \#(files.account)
                if [[ "$mode" == compose ]]; then usermod --append --groups docker \#(files.account); fi
                install -d -o \#(files.account) -g \#(files.account) -m 750 \#(files.home) \#(files.home)/releases \#(files.folder)
                install -d -o \#(files.account) -g \#(files.account) -m 700 /var/backups/\#(layout.name)
                install -d -m 750 -g \#(files.account) /etc/\#(layout.name)
                if [[ ! -e \#(files.values) ]]; then
                    install -m 600 -o \#(files.account) /dev/null \#(files.values)
                    # Docker opens published ports past the firewall; visitors come by the site in front alone.
                    [[ "$mode" != compose ]] || echo '\#(files.doorVariable)=127.0.0.1:\#(files.port)' >\#(files.values)
                fi

                say "firewall"
                ufw allow OpenSSH >/dev/null
                ufw allow 'Nginx Full' >/dev/null
                ufw --force enable >/dev/null

                say "units"
                install -m 644 deploy/vps/\#(unit)*.service /etc/systemd/system/
                \#(files.hasBackup ? "install -m 644 deploy/vps/\(unit)*.timer /etc/systemd/system/" : "")
                install -m 644 deploy/vps/logrotate.conf /etc/logrotate.d/\#(layout.name)
                systemctl daemon-reload
                if [[ "$mode" == compose ]]; then
                    systemctl enable \#(unit)-compose.service
                    \#(files.hasBackup ? "systemctl enable --now \(unit)-backup.timer" : "")
                else
                    systemctl enable \#(unit).service
                    \#(files.hasBackup ? "systemctl enable --now \(unit)-engine-backup.timer" : "")
                fi

                say "site"
                sed "s/server_name example\.com;/server_name $domain;/" deploy/vps/nginx-site.conf >/etc/nginx/sites-available/\#(layout.name)
                ln -sfn /etc/nginx/sites-available/\#(layout.name) /etc/nginx/sites-enabled/\#(layout.name)
                nginx -t
                systemctl reload nginx
                if [[ -n "$email" ]]; then
                    certbot --nginx --non-interactive --agree-tos --redirect --keep-until-expiring --email "$email" --domain "$domain"
                fi
                say "ready; fill \#(files.values), then deploy: scripts/deploy-ssh.sh root@$domain"

                """#
        ).text
    }

    var deploy: String {
        ShellScript(
            about: "Deploys \(layout.name) to a server over SSH, and goes back when it does not become healthy.",
            usage: """
                Usage: scripts/deploy-ssh.sh [--identity FILE] [--rollback] USER@HOST

                  --identity FILE  private key
                  --rollback       start the release before the current one, and nothing else

                The committed files of HEAD become the release; the server was prepared with scripts/setup-vps.sh. The user
                must be able to become root or be root. Five releases are kept.
                """,
            needs: ["ssh", "git"], allowance: "SC2016 # expanded on the server",
            body: #"""
                identity=()
                rollback=false
                target=""
                while [[ $# -gt 0 ]]; do
                    case "$1" in
                        --identity) identity=(-i "${2:?--identity needs a file}"); shift 2 ;;
                        --rollback) rollback=true; shift ;;
                        -*) fail "unknown option $1; see --help" 64 ;;
                        *) target="$1"; shift ;;
                    esac
                done
                [[ -n "$target" ]] || fail "say where: scripts/deploy-ssh.sh user@host" 64
                remote() { ssh -o BatchMode=yes -o ConnectTimeout=10 "${identity[@]}" "$target" "$@"; }

                # What the server does; it gets the release's name as its first argument.
                on_server() {
                    cat <<'END_OF_SCRIPT'
                set -euo pipefail
                root=\#(files.home)
                release="$root/releases/$1"
                previous="$(readlink "$root/current" || true)"
                as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo --non-interactive "$@"; fi; }
                as_app() { as_root setpriv --reuid \#(files.account) --regid \#(files.account) --init-groups env HOME="$root" XDG_RUNTIME_DIR=/run/\#(files.unit) "$@"; }
                # The engine's folder gets the release's files; what only an earlier release had goes, data stays.
                fill() {
                    if [ -n "$previous" ] && [ -d "$previous" ]; then
                        comm -23 <(cd "$previous" && find . -type f | sort) <(cd "$1" && find . -type f | sort) |
                            while IFS= read -r file; do as_root rm -f \#(files.folder)/"$file"; done
                    fi
                    as_root cp -a "$1/." \#(files.folder)/
                }
                start() {
                    if ! as_root systemctl is-enabled --quiet \#(files.unit)-compose.service; then fill "$1"; fi
                    as_root ln -sfn "$1" "$root/current"
                    if as_root systemctl is-enabled --quiet \#(files.unit)-compose.service; then
                        (cd "$1" && as_root env COMPOSE_PROJECT_NAME=\#(layout.name) scripts/run-prod.sh --env-file \#(files.values))
                    elif as_root systemctl is-active --quiet \#(files.unit).service; then
                        as_app /usr/local/bin/slipway deploy \#(files.folder)
                    else
                        as_root systemctl start \#(files.unit).service
                        for _ in $(seq 1 60); do
                            curl --fail --silent --max-time 5 --output /dev/null http://127.0.0.1:\#(files.port)\#(front) && return 0
                            sleep 2
                        done
                        return 1
                    fi
                }
                if start "$release"; then
                    as_root sh -c 'ls -1dt "$1"/releases/*/ | tail -n +6 | xargs -r rm -rf' sh "$root"
                    exit 0
                fi
                echo "the release did not become healthy" >&2
                if [ -n "$previous" ] && [ "$previous" != "$release" ]; then
                    echo "going back to $previous" >&2
                    start "$previous"
                fi
                exit 1
                END_OF_SCRIPT
                }

                if "$rollback"; then
                    name="$(remote 'current="$(readlink \#(files.home)/current)"; ls -1dt \#(files.home)/releases/*/ | sed "s:/$::" | grep -vxF "$current" | head -n 1 | xargs -r basename')"
                    [[ -n "$name" ]] || fail "there is no earlier release"
                else
                    [[ -z "$(git status --porcelain)" ]] || say "uncommitted changes are not deployed"
                    name="$(date -u +%Y%m%dT%H%M%SZ)-$(git rev-parse --short=12 HEAD)"
                    say "copying $name"
                    git archive --format=tar HEAD | remote "set -eu; umask 027; mkdir -p \#(files.home)/releases/$name; tar -xf - -C \#(files.home)/releases/$name; chown -R \#(files.account):\#(files.account) \#(files.home)/releases/$name"
                fi
                say "starting $name on $target"
                on_server | remote "bash -s -- $name"
                say "running: $name"

                """#
        ).text
    }

    private var front: String { layout.front.flatMap(layout.healthPath(of:)) ?? "/" }
}
