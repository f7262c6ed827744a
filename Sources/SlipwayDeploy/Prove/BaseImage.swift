// SPDX-License-Identifier: Apache-2.0

import SlipwayFiles
import SlipwayHost

/// What an image stands on, and where its own layers begin.
enum BaseImage {
    /// The name after FROM of the stage that is built, followed through stages that stand on each other.
    static func name(of build: ImageBuild) -> String {
        let path = build.dockerfile.hasPrefix("/") ? build.dockerfile : "\(build.context)/\(build.dockerfile)"
        guard let slash = path.lastIndex(of: "/"),
            let text = try? FileStore(root: String(path[..<slash])).text(String(path[path.index(after: slash)...]))
        else { return "unknown" }
        var arguments = build.arguments
        var stages: [(name: String, base: String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
            guard let first = words.first?.uppercased() else { continue }
            if first == "ARG", stages.isEmpty, words.count > 1 {
                let parts = words[1].split(separator: "=", maxSplits: 1).map(String.init)
                if parts.count == 2, arguments[parts[0]] == nil { arguments[parts[0]] = parts[1] }
            }
            guard first == "FROM" else { continue }
            let rest = words.dropFirst().filter { !$0.hasPrefix("--") }
            let base = Interpolation.expand(rest.first ?? "") { arguments[$0] }
            stages.append((rest.count > 2 ? rest[2].lowercased() : "\(stages.count)", base))
        }
        var stage = build.target.flatMap { target in stages.first { $0.name == target.lowercased() } } ?? stages.last
        // A file has finitely many stages; the bound guards against two that name each other.
        for _ in stages {
            guard let base = stage?.base.lowercased(), let next = stages.first(where: { $0.name == base }) else {
                break
            }
            stage = next
        }
        return stage?.base ?? "unknown"
    }

    /// How many of an image's layers its base has too.
    static func layerCount(_ base: String, of layers: [String], docker: Docker) async -> Int {
        guard base != "scratch", base != "unknown" else { return 0 }
        var answer = try? await docker.answer(["image", "inspect", "--format", "{{json .RootFS.Layers}}", base])
        if answer?.succeeded != true {
            // BuildKit keeps what it pulled to itself; the layers are there, so only the name is fetched.
            _ = try? await docker.answer(["pull", "--quiet", base], deadline: .seconds(120))
            answer = try? await docker.answer(["image", "inspect", "--format", "{{json .RootFS.Layers}}", base])
        }
        guard let text = answer?.output, let below = JSONDocument(parsing: text).root?.texts else { return 0 }
        return zip(layers, below).prefix { $0 == $1 }.count
    }

    /// What made each layer: steps that add nothing have no layer, except where all are counted.
    static func layerNames(_ steps: [(size: Int, text: String)], count: Int) -> [String] {
        let makers = ["RUN", "COPY", "ADD", "WORKDIR", "/bin/sh -c"]
        var names = steps.filter { step in
            step.size > 0 || makers.contains { step.text.hasPrefix($0) && !step.text.contains("#(nop)") }
        }.map { String($0.text.trimmed.prefix(120)) }
        while names.count < count { names.insert("base", at: 0) }
        return Array(names.suffix(count))
    }
}

extension TrialImage {
    /// The first port of EXPOSE.
    var exposedPort: UInt16? {
        facts.at("Config", "ExposedPorts")?.mapping?.keys.sorted().first.flatMap { UInt16($0.prefix { $0.isNumber }) }
    }
}
