// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/test-docker.sh`: nine checks of the images and of the application that they make.
struct TestScript {
    /// Megabytes; the limits that the seeds state for a back end and for a front end.
    private static let processLimit = 500
    private static let fileLimit = 50

    let layout: Layout

    var contents: String {
        ShellScript(
            about: "Tests the images of \(layout.name) and the application that they make, then cleans up.",
            usage: """
                Usage: scripts/test-docker.sh [--keep | --values]

                  --keep    leave containers and images for a look
                  --values  print the made-up values that the tests use, and nothing else

                Nine checks: the Docker daemon, the images of processes, the images of files, their sizes, the start of
                processes, the start of file servers, the Compose files, the health checks, the clean-up. Containers get a
                name of their own and throw their data away, so whatever runs already is left alone. Ends with 1 when one
                fails.
                """, allowance: "SC2317 # checks are called by their names", body: body
        ).text
    }

    private var body: String {
        let processes = layout.images.filter { !$0.owner.role.isServedFromFiles }
        let sites = layout.images.filter(\.owner.role.isServedFromFiles)
        let sizes = layout.images.map { image in
            "    size_of \(ShellWord.quote(image.name)) \(image.owner.role.isServedFromFiles ? Self.fileLimit : Self.processLimit) || return 1"
        }
        return head
            + #"""
            check_daemon() { command -v docker >/dev/null && docker info; }
            check_processes() {
            \#(builds(processes))
            }
            check_sites() {
            \#(builds(sites))
            }
            check_sizes() {
            \#(sizes.joined(separator: "\n"))
            }
            check_process_start() {
            \#(starts(processes))
            }
            check_site_start() {
            \#(starts(sites))
            }
            check_compose() {
                local file
                for file in \#(ComposeFileName.stack) \#(ComposeFileName.development) \#(ComposeFileName.production); do
                    [[ -f "$file" ]] || continue
                    docker compose --project-name "$project" --env-file "$values" --file "$file" config --quiet || return 1
                done
            }
            check_health() {
                local id state
                for id in $(compose ps --quiet); do
                    state="$(docker inspect --format '{{if .State.Health}}{{.State.Health.Status}}{{else}}{{.State.Status}}{{end}}' "$id")"
                    printf '%s %s\n' "$(docker inspect --format '{{.Name}}' "$id")" "$state"
                    [[ "$state" == healthy || "$state" == running || "$state" == exited ]] || return 1
                done
            }
            check_clean_up() {
                compose down --volumes --remove-orphans --timeout 5 || return 1
                [[ -z "$(docker ps --all --quiet --filter "label=com.docker.compose.project=$project")" ]]
            }

            check "the Docker daemon runs" check_daemon
            [[ ${#failed[@]} -eq 0 ]] || summary
            \#(processes.isEmpty ? "skip \"images of processes\" \"there are none\"" : "check \"images of processes build\" check_processes")
            \#(sites.isEmpty ? "skip \"images of files\" \"there are none\"" : "check \"images of files build\" check_sites")
            check "images are small enough" check_sizes
            \#(processes.isEmpty ? "skip \"start of processes\" \"there are none\"" : "check \"processes start\" check_process_start")
            \#(sites.isEmpty ? "skip \"start of file servers\" \"there are none\"" : "check \"file servers start\" check_site_start")
            check "Compose files are right" check_compose
            check "everything is healthy" check_health
            if "$keep"; then skip "clean-up" "--keep"; else check "everything is cleaned up" check_clean_up; fi
            summary

            """#
    }

    private var head: String {
        #"""
        keep=false
        [[ "${1:-}" == --keep ]] && keep=true
        if [[ -t 1 && -z "${NO_COLOR:-}" ]]; then
            green=$'\033[32m' red=$'\033[31m' yellow=$'\033[33m' plain=$'\033[0m'
        else
            green="" red="" yellow="" plain=""
        fi
        number=0
        failed=()
        project="\#(layout.name)-test-$$"
        work="$(mktemp -d)"
        values="$work/values.env"
        log="$work/log"
        clean() {
            "$keep" || docker compose --project-name "$project" down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
            "$keep" || docker image rm \#(layout.images.map { ShellWord.quote("\($0.name):test") }.joined(separator: " ")) >/dev/null 2>&1 || true
            rm -rf "$work"
        }
        trap clean EXIT
        # Values for this run alone; what somebody else would have to give is made up.
        cat >"$values" <<'VALUES'
        \#(values)
        VALUES
        if [[ "${1:-}" == --values ]]; then
            cat "$values"
            exit 0
        fi
        compose() { docker compose --project-name "$project" --env-file "$values" --file \#(ComposeFileName.stack) "$@"; }
        check() {
            number=$((number + 1))
            printf '[%d/9] %s ... ' "$number" "$1"
            local start=$SECONDS
            if "$2" >"$log" 2>&1; then
                printf '%spassed%s (%d s)\n' "$green" "$plain" "$((SECONDS - start))"
            else
                printf '%sfailed%s\n' "$red" "$plain"
                tail -n 30 "$log" | sed 's/^/      /'
                failed+=("$1")
            fi
        }
        skip() {
            number=$((number + 1))
            printf '[%d/9] %s ... %sskipped%s: %s\n' "$number" "$1" "$yellow" "$plain" "$2"
        }
        summary() {
            if [[ ${#failed[@]} -eq 0 ]]; then
                printf '%sall checks passed%s\n' "$green" "$plain"
                exit 0
            fi
            printf '%s%d failed%s:\n' "$red" "${#failed[@]}" "$plain"
            printf '  %s\n' "${failed[@]}"
            exit 1
        }
        size_of() {
            local megabytes
            megabytes=$(($(docker image inspect --format '{{.Size}}' "$1:test") / 1000000))
            printf '%s: %d MB of %d MB\n' "$1" "$megabytes" "$2"
            [[ "$megabytes" -le "$2" ]]
        }

        """#
    }

    private var values: String {
        var lines: [String] = []
        var seen: Set<String> = []
        for service in layout.app.services where !service.role.isServedFromFiles {
            for (variable, source) in layout.runVariables(of: service) where seen.insert(variable.name).inserted {
                switch source {
                case .invented: lines.append("\(variable.name)=test-test-test-test-test-test-test-test")
                case .given where LaravelKey.isKey(variable, of: service):
                    lines.append("\(variable.name)=\(LaravelKey.sample)")
                case .given where variable.required: lines.append("\(variable.name)=\(placeholder(variable))")
                default: continue
                }
            }
        }
        // The file for production asks for them.
        let addresses = layout.app.variables.filter {
            !$0.required && (layout.wantsPublicAddress($0) || $0.mustListVisitors)
        }
        lines += addresses.map { "\($0.name)=https://example.com" }
        lines += layout.resources(of: layout.app.services).compactMap { resource in
            ComposeResource(resource, in: layout).passwordVariable.map { "\($0)=test-password" }
        }
        return Set(lines).sorted().joined(separator: "\n")
    }

    private func placeholder(_ variable: Variable) -> String {
        switch variable.kind {
        case .integer?, .number?, .duration?: "1"
        case .boolean?: "false"
        case .json?: "{}"
        case .list?: "[]"
        case .url?: "http://127.0.0.1:9"
        case .string?, nil: "test-value"
        }
    }

    private func builds(_ images: [Layout.Image]) -> String {
        images.isEmpty
            ? "    true"
            : images.map { image in
                let words = [image.dockerfile, "\(image.name):test"].map(ShellWord.quote)
                return
                    "    DOCKER_BUILDKIT=1 docker build --file \(words[0]) --tag \(words[1]) \(ShellWord.quote(image.context)) || return 1"
            }.joined(separator: "\n")
    }

    private func starts(_ images: [Layout.Image]) -> String {
        let names = images.flatMap(\.services).filter { $0.start != nil || $0.role.isServedFromFiles }.map(\.name)
        return names.isEmpty
            ? "    true"
            : "    compose up --build --detach --wait --wait-timeout 120 \(names.map(ShellWord.quote).joined(separator: " "))"
    }
}
