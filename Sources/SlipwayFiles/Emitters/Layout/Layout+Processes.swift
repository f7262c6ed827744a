// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore

extension Layout {
    /// The service's command with the port that the platform puts into `PORT`, where the command names it in figures.
    package func portableCommand(of service: Service) -> String? {
        guard let start = service.start else { return nil }
        guard let port = service.port, service.portVariable == nil else { return start }
        for before in ["--port ", "--port=", "-p ", ":"] {
            guard let range = start.firstRange(of: "\(before)\(port)") else { continue }
            let next = range.upperBound < start.endIndex ? start[range.upperBound] : " "
            guard !next.isNumber else { continue }
            return start[..<range.lowerBound] + "\(before)${PORT:-\(port)}" + start[range.upperBound...]
        }
        return start
    }

    /// Names of process types: the one that listens is `web` wherever a platform routes to that name.
    package func processName(of service: Service, in image: Image) -> String {
        service.role.listens && service.name == image.owner.name ? "web" : service.name
    }

    /// The path on which the service reports metrics in Prometheus' format, when its code names one.
    package func metricsPath(of service: Service, in tree: SourceTree) -> String? {
        guard service.role.listens else { return nil }
        let stems: Set<String> = ["main", "app", "server", "index", "urls", "routes", "application", "router"]
        let kinds: Set<String> = ["py", "js", "mjs", "ts", "go", "rb", "swift", "rs", "java", "kt", "cs", "php", "ex"]
        let reports = tree.files(under: service.directory).contains { entry in
            guard let dot = entry.name.lastIndex(of: "."),
                kinds.contains(String(entry.name[entry.name.index(after: dot)...])),
                !entry.path.contains("test"), !entry.path.contains("node_modules")
            else { return false }
            let stem = entry.name[..<dot].lowercased()
            guard stems.contains(stem) || stem.contains("metric"), let text = tree.text(entry.path) else {
                return false
            }
            return ["\"/metrics\"", "'/metrics'", "(\"metrics\""].contains { text.contains($0) }
        }
        return reports ? "/metrics" : nil
    }

    /// Images in the order in which they are deployed: those that others need first, the door last.
    package var deployOrder: [Image] {
        let door = front?.name
        let known = Set(app.services.map(\.name))
        var done: Set<String> = []
        var order: [Image] = []
        var waiting = images.filter { image in !image.services.contains { $0.name == door } }
        let last = images.filter { image in image.services.contains { $0.name == door } }
        while !waiting.isEmpty {
            let ready = waiting.filter { image in
                let own = Set(image.services.map(\.name))
                return image.services.allSatisfy { service in
                    service.uses.allSatisfy {
                        !known.contains($0) || done.contains($0) || own.contains($0) || $0 == door
                    }
                }
            }
            // Services that need each other have no order; then the first of them begins.
            let next = ready.isEmpty ? [waiting[0]] : ready
            order += next
            done.formUnion(next.flatMap(\.services).map(\.name))
            waiting.removeAll { image in done.contains(image.owner.name) }
        }
        order += last
        return order
    }
}
