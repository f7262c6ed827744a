// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Programs that leave the foreground, for who keeps them by watching the process that he started.
enum BackgroundProgram {
    /// - Returns: What to type instead; `nil` for one that stays.
    static func advice(_ command: String, in repository: CheckedRepository) -> String? {
        let words = command.split(whereSeparator: \.isWhitespace).map { $0.filter { $0 != "\"" && $0 != "'" } }
        guard let first = words.first, let program = first.split(separator: "/").last.map(String.init) else {
            return nil
        }
        let rest = Array(words.dropFirst())
        switch program {
        case "nginx":
            let isStaying =
                command.contains("daemon off") || rest.contains("-c")
                || repository.nginxFiles.contains { $0.text.contains("daemon off") }
                || repository.dockerfiles.contains { $0.text.contains("daemon off") }
            return isStaying ? nil : "nginx goes into the background; write: nginx -g \"daemon off;\""
        case "gunicorn", "uvicorn", "celery", "uwsgi":
            let words = program == "gunicorn" ? ["--daemon", "-D"] : ["--detach", "--daemonize", "--daemonize2"]
            guard let word = rest.first(where: { word in words.contains { word == $0 || word.hasPrefix($0 + "=") } })
            else { return nil }
            return "\(program) goes into the background; delete \(word)"
        case "redis-server":
            guard let index = rest.firstIndex(of: "--daemonize"), rest.dropFirst(index + 1).first == "yes" else {
                return nil
            }
            return "redis-server goes into the background; delete --daemonize yes"
        case "service", "systemctl":
            guard rest.contains("start") else { return nil }
            return "\(program) starts it in the background and ends; write the program itself, in the foreground"
        case "pm2":
            guard rest.first == "start", !rest.contains("--no-daemon") else { return nil }
            return "pm2 goes into the background; write: pm2-runtime \(rest.dropFirst().joined(separator: " "))"
        case "php-fpm" where rest.contains("-D") || rest.contains("--daemonize"):
            return "php-fpm goes into the background; write: php-fpm -F"
        case "apachectl", "apache2ctl", "httpd":
            guard rest.contains("start") else { return nil }
            return "\(program) ends and leaves Apache in the background; write: \(program) -D FOREGROUND"
        default: return nil
        }
    }
}
