// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a HEALTHCHECK runs.
enum HealthCommands {
    static func cannotFail(_ file: CheckedDockerfile) -> [Violation] {
        file.steps("HEALTHCHECK").compactMap { step in
            guard let program = step.program, let last = program.commands.last else { return nil }
            let swallows =
                [":", "true"].contains(last.name) || last.name == "exit" && last.arguments == ["0"]
                || last.name == "echo"
            if program.commands.count > 1, swallows, last.joint != .and {
                return Violation(line: step.line, "\(last.name) always succeeds; end with: || exit 1")
            }
            let curl = program.commands.first { $0.name == "curl" }
            guard let curl, program.pipeCount == 0, !curl.hasFlag("f", "fail", "fail-with-body", "w", "write-out"),
                program.commands.allSatisfy({ ["exit", "curl"].contains($0.name) })
            else { return nil }
            return Violation(line: step.line, "curl succeeds on every answer, 500 too; write: curl -f")
        }
    }

    static func missingTool(_ file: CheckedDockerfile) -> [Violation] {
        guard let last = file.stages.last, let base = StageUse.finalBase(file)?.image,
            let step = file.steps("HEALTHCHECK").last(where: { $0.stage == last.index }), let program = step.program,
            let tool = program.commands.first(where: { ["curl", "wget"].contains($0.name) })?.name
        else { return [] }
        guard lacks(tool, image: base) || ImageTools.lacks(tool, base), !mayInstall(tool, file, last) else { return [] }
        let advice =
            isAlpine(base) && tool == "curl"
            ? "write: wget -qO- URL" : "install it, or use what the image has: \(advice(base))"
        return [Violation(line: step.line, "\(tool) is not in \(base); \(advice)")]
    }

    private static func advice(_ image: String) -> String {
        switch ImageText.shortName(of: image) {
        case "python": "python -c \"import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/')\""
        case "node":
            "node -e \"fetch('http://127.0.0.1:3000/').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))\""
        default: "RUN apt-get install -y --no-install-recommends curl"
        }
    }

    private static func isAlpine(_ image: String) -> Bool {
        ImageText.shortName(of: image) == "alpine" || (ImageText.tag(of: image) ?? "").contains("alpine")
    }

    /// Only of images whose contents are known: Docker's official ones.
    private static func lacks(_ tool: String, image: String) -> Bool {
        let name = ImageText.shortName(of: image)
        let tag = ImageText.tag(of: image) ?? ""
        if image == "scratch" || image.contains("distroless") { return true }
        guard
            image.split(separator: "/").count == 1 || image.hasPrefix("library/")
                || image.hasPrefix("docker.io/library/")
        else { return false }
        if ["alpine", "python", "node", "ruby", "golang", "rust", "busybox"].contains(name),
            isAlpine(image) || name == "busybox"
        {
            return tool == "curl"
        }
        if ["debian", "ubuntu"].contains(name) { return true }
        return ["python", "node", "ruby", "rust", "perl"].contains(name) && tag.contains("slim")
    }

    private static func mayInstall(_ tool: String, _ file: CheckedDockerfile, _ last: DockerfileStage) -> Bool {
        var stage: DockerfileStage? = last
        while let current = stage {
            for instruction in current.instructions where ["RUN", "COPY", "ADD"].contains(instruction.keyword) {
                // A list of packages in a variable, a file or another image may hold it.
                if instruction.text.contains(tool)
                    || instruction.keyword == "RUN" && instruction.text.contains("install $")
                    || instruction.keyword == "RUN" && instruction.text.contains("xargs")
                {
                    return true
                }
            }
            stage = current.parent.map { file.stages[$0] }
        }
        return false
    }
}
