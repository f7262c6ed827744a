// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/run-dev.sh` and `scripts/run-prod.sh`: the whole application through Compose.
struct RunScript {
    let layout: Layout

    var development: String {
        ShellScript(
            about: "Runs \(layout.name) for development: the source is mounted, changes show at once.",
            usage: """
                Usage: scripts/run-dev.sh [--detach | --down | --reset | --logs]

                  --detach  leave it running in the background
                  --down    stop it; data stays
                  --reset   stop it and throw its data away
                  --logs    follow what it says
                """,
            needs: ["docker"],
            body: #"""
                compose() { docker compose --file \#(ComposeFileName.development) "$@"; }
                case "${1:-}" in
                    "") compose up --build ;;
                    --detach)
                        compose up --build --detach --wait
                        compose ps
                        ;;
                    --down) compose down --remove-orphans ;;
                    --reset) compose down --remove-orphans --volumes ;;
                    --logs) compose logs --follow --tail 100 ;;
                    *) fail "unknown argument $1; see --help" 64 ;;
                esac

                """#
        ).text
    }

    var production: String {
        ShellScript(
            about: "Runs \(layout.name) for production on this machine, or brings a new version into service.",
            usage: """
                Usage: scripts/run-prod.sh [--env-file FILE] [--no-build] [--down]

                  --env-file FILE  values of production. Default: \(ComposeFileName.productionValues)
                  --no-build       start the images that are there
                  --down           stop everything; data stays

                Waits until everything is healthy; when it is not, shows why and ends with 1.
                """,
            needs: ["docker"],
            body: #"""
                env_file=\#(ComposeFileName.productionValues)
                build=(--build)
                down=false
                while [[ $# -gt 0 ]]; do
                    case "$1" in
                        --env-file) env_file="${2:?--env-file needs a file}"; shift 2 ;;
                        --no-build) build=(--no-build); shift ;;
                        --down) down=true; shift ;;
                        *) fail "unknown argument $1; see --help" 64 ;;
                    esac
                done
                [[ -r "$env_file" ]] || fail "$env_file is missing; start from .env.production.example" 66
                if [[ -n "$(find "$env_file" -perm /077)" ]]; then
                    say "$env_file can be read by others; making it private"
                    chmod 600 "$env_file"
                fi
                compose() { docker compose --env-file "$env_file" --file \#(ComposeFileName.production) "$@"; }
                if "$down"; then
                    compose down --remove-orphans
                    exit 0
                fi
                compose config --quiet || fail "\#(ComposeFileName.production) or $env_file is not right" 65
                say "starting"
                if ! compose up "${build[@]}" --detach --wait --remove-orphans; then
                    compose ps --all >&2
                    compose logs --tail 50 >&2
                    fail "not everything became healthy"
                fi
                compose ps

                """#
        ).text
    }
}
