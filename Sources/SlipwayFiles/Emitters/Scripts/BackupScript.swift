// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `scripts/backup.sh` and `scripts/restore.sh`: databases and files of the Compose application.
struct BackupScript {
    /// Days; the seeds' rolling retention.
    private static let retention = 30

    let layout: Layout

    private var places: String {
        (layout.dumpable.map(\.name)
            + layout.keepers.map { "\($0.name) (\($0.writableDirectories.joined(separator: ", ")))" })
            .joined(separator: ", ")
    }

    private static let options = #"""
        env_file=.env.production
        file=docker-compose.prod.yml

        """#

    private var compose: String {
        #"""
        compose() {
            local options=(--file "$file")
            [[ -r "$env_file" ]] && options+=(--env-file "$env_file")
            docker compose "${options[@]}" "$@"
        }

        """#
    }

    var backup: String {
        ShellScript(
            about: "Backs up \(layout.name): \(places).",
            usage: """
                Usage: scripts/backup.sh [--to FOLDER] [--keep DAYS] [--file COMPOSE] [--env-file FILE]

                  --to FOLDER      where the backups lie. Default: backups
                  --keep DAYS      older ones are removed after a good backup. Default: \(Self.retention)
                  --file COMPOSE   Default: \(ComposeFileName.production)
                  --env-file FILE  Default: \(ComposeFileName.productionValues)

                One folder a backup, readable by its owner alone, with checksums. Each dump is read back before it counts.
                """,
            needs: ["docker", "sha256sum"], allowance: "SC2016 # expanded inside the container",
            body: Self.options
                + #"""
                target=backups
                keep=\#(Self.retention)
                while [[ $# -gt 0 ]]; do
                    case "$1" in
                        --to) target="${2:?--to needs a folder}"; shift 2 ;;
                        --keep) keep="${2:?--keep needs a number of days}"; shift 2 ;;
                        --file) file="${2:?--file needs a file}"; shift 2 ;;
                        --env-file) env_file="${2:?--env-file needs a file}"; shift 2 ;;
                        *) fail "unknown argument $1; see --help" 64 ;;
                    esac
                done
                [[ "$keep" =~ ^[1-9][0-9]*$ ]] || fail "--keep needs a number of days, not $keep" 64
                umask 077
                name="$(date -u +%Y%m%dT%H%M%SZ)"
                work="$target/.$name"
                mkdir -p "$work"
                trap 'rm -rf "$work"' EXIT

                """# + compose + dumps
                    + #"""

                    (cd "$work" && sha256sum -- * >SHA256SUMS)
                    # Only a complete backup gets its name.
                    mv "$work" "$target/$name"
                    trap - EXIT
                    find "$target" -mindepth 1 -maxdepth 1 -type d -name '????????T??????Z' -mtime "+$keep" -exec rm -rf {} +
                    say "complete: $target/$name"
                    printf '%s\n' "$target/$name"

                    """#
        ).text
    }

    private var dumps: String {
        var lines: [String] = []
        for resource in layout.dumpable {
            let name = ShellWord.quote(resource.name)
            let file = "\"$work\"/\(ShellWord.quote("\(resource.name).dump"))"
            lines.append("say \(ShellWord.quote("dumping \(resource.name)"))")
            switch resource.kind {
            case .postgres:
                lines += [
                    "compose exec -T \(name) sh -c 'exec pg_dump --username=\"$POSTGRES_USER\" --dbname=\"$POSTGRES_DB\" --format=custom' >\(file)",
                    "compose exec -T \(name) sh -c 'exec pg_restore --list' <\(file) >/dev/null || fail \(ShellWord.quote("the dump of \(resource.name) cannot be read back"))",
                ]
            case .mongodb:
                lines.append(
                    "compose exec -T \(name) sh -c 'exec mongodump --archive --gzip --username=\"$MONGO_INITDB_ROOT_USERNAME\" --password=\"$MONGO_INITDB_ROOT_PASSWORD\"' >\(file)"
                )
            default:
                let program = resource.kind == .mariadb ? "mariadb-dump" : "mysqldump"
                let prefix = resource.kind == .mariadb ? "MARIADB" : "MYSQL"
                lines.append(
                    "compose exec -T \(name) sh -c 'MYSQL_PWD=\"$\(prefix)_PASSWORD\" exec \(program) --single-transaction --user=\"$\(prefix)_USER\" \"$\(prefix)_DATABASE\"' >\(file)"
                )
            }
            lines.append("[[ -s \(file) ]] || fail \(ShellWord.quote("the dump of \(resource.name) is empty"))")
        }
        for service in layout.keepers {
            let folders = service.writableDirectories.map(ShellWord.quote).joined(separator: " ")
            lines += [
                "say \(ShellWord.quote("packing the files of \(service.name)"))",
                "compose exec -T \(ShellWord.quote(service.name)) tar -cf - \(folders) | gzip >\"$work\"/\(ShellWord.quote("\(service.name).tar.gz"))",
            ]
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var restore: String {
        ShellScript(
            about: "Restores \(layout.name) from a backup: \(places).",
            usage: """
                Usage: scripts/restore.sh --yes [--file COMPOSE] [--env-file FILE] BACKUP

                  --yes            what is there now is replaced; without it nothing happens
                  --file COMPOSE   Default: \(ComposeFileName.production)
                  --env-file FILE  Default: \(ComposeFileName.productionValues)

                BACKUP is a folder made by scripts/backup.sh. Checksums are compared first. The services are stopped while
                their data changes and started again.
                """,
            needs: ["docker", "sha256sum"], allowance: "SC2016 # expanded inside the container",
            body: Self.options
                + #"""
                backup=""
                yes=false
                while [[ $# -gt 0 ]]; do
                    case "$1" in
                        --yes) yes=true; shift ;;
                        --file) file="${2:?--file needs a file}"; shift 2 ;;
                        --env-file) env_file="${2:?--env-file needs a file}"; shift 2 ;;
                        -*) fail "unknown option $1; see --help" 64 ;;
                        *) backup="$1"; shift ;;
                    esac
                done
                [[ -n "$backup" ]] || fail "say which backup; there are: $(printf '%s ' backups/*/)" 64
                [[ -r "$backup/SHA256SUMS" ]] || fail "$backup is no backup made by scripts/backup.sh" 66
                (cd "$backup" && sha256sum --check --quiet SHA256SUMS) || fail "$backup is damaged" 65
                "$yes" || fail "this replaces the data that is there; say --yes" 64

                """# + compose + restores
        ).text
    }

    private var restores: String {
        let processes = layout.app.services.filter { !$0.role.isServedFromFiles && $0.start != nil }.map(\.name)
        var lines = ["say \"stopping the services\""]
        if !processes.isEmpty {
            lines += [
                "compose stop \(processes.map(ShellWord.quote).joined(separator: " "))",
                "trap 'compose up --detach --no-build --wait' EXIT",
            ]
        }
        for resource in layout.dumpable {
            let name = ShellWord.quote(resource.name)
            let file = "\"$backup\"/\(ShellWord.quote("\(resource.name).dump"))"
            lines += [
                "say \(ShellWord.quote("restoring \(resource.name)"))", "compose up --detach --no-build --wait \(name)",
            ]
            switch resource.kind {
            case .postgres:
                lines.append(
                    "compose exec -T \(name) sh -c 'exec pg_restore --username=\"$POSTGRES_USER\" --dbname=\"$POSTGRES_DB\" --clean --if-exists --no-owner --single-transaction' <\(file)"
                )
            case .mongodb:
                lines.append(
                    "compose exec -T \(name) sh -c 'exec mongorestore --archive --gzip --drop --username=\"$MONGO_INITDB_ROOT_USERNAME\" --password=\"$MONGO_INITDB_ROOT_PASSWORD\"' <\(file)"
                )
            default:
                let program = resource.kind == .mariadb ? "mariadb" : "mysql"
                let prefix = resource.kind == .mariadb ? "MARIADB" : "MYSQL"
                lines.append(
                    "compose exec -T \(name) sh -c 'MYSQL_PWD=\"$\(prefix)_PASSWORD\" exec \(program) --user=\"$\(prefix)_USER\" \"$\(prefix)_DATABASE\"' <\(file)"
                )
            }
        }
        for service in layout.keepers {
            lines += [
                "say \(ShellWord.quote("restoring the files of \(service.name)"))",
                "gunzip -c \"$backup\"/\(ShellWord.quote("\(service.name).tar.gz")) | compose run --rm --no-deps -T --entrypoint tar \(ShellWord.quote(service.name)) -xf -",
            ]
        }
        lines.append("say \"restored; starting the services\"")
        return lines.joined(separator: "\n") + "\n"
    }
}
