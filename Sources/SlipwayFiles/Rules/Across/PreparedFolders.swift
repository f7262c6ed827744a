// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// Folders that an image makes, and those that it gives to the account that runs.
enum PreparedFolders {
    /// Whether an instruction makes the folder or gives it away; a whole home or tree counts.
    static func has(_ target: String, _ unit: DeployedUnit) -> Bool {
        let parents = sequence(first: target) { path in
            let parent = SourceTree.Entry(path: path).directory
            return parent == "." || parent.isEmpty || parent == path ? nil : parent
        }
        // A folder that the image does not have is made for root, whoever owns the one above it.
        let names = Set(isMade(target, unit) ? Array(parents) : [target])
        var folder = "/"
        let variables = ImageVariables(unit.instructions)
        for instruction in unit.instructions {
            switch instruction.keyword {
            case "WORKDIR":
                let path = variables.expanded(instruction.arguments.first ?? "")
                folder = path.hasPrefix("/") ? GoPath.clean(path) : GoPath.clean(folder + "/" + path)
            case "RUN":
                let text = variables.expanded(instruction.text)
                guard
                    text.contains("chown") || text.contains("chmod") || text.contains("install -d")
                        || text.contains("mkdir")
                        || text.contains("useradd") || text.contains("adduser")
                else { continue }
                if gives(target, or: names, in: text) { return true }
                let isBelow = target.hasPrefix(folder + "/") || folder == "/"
                if names.count > 1, text.contains("chown"), isBelow, text.contains(" .") { return true }
                let tail = target.hasPrefix(folder + "/") ? String(target.dropFirst(folder.count + 1)) : ""
                if !tail.isEmpty, text.contains(tail) { return true }
            case "COPY", "ADD":
                if instruction.flag("chown") != nil, let last = instruction.arguments.last {
                    let place = variables.expanded(last)
                    let path = place.hasPrefix("/") ? GoPath.clean(place) : GoPath.clean(folder + "/" + place)
                    if names.contains(path) { return true }
                }
                if isPreparedBefore(instruction, target, folder, unit) { return true }
            case "VOLUME": if instruction.arguments.contains(where: { GoPath.clean($0) == target }) { return true }
            default: break
            }
        }
        return false
    }

    /// Whether a step names the folder, or gives away one above it; the path of a neighbour says nothing.
    private static func gives(_ target: String, or parents: Set<String>, in text: String) -> Bool {
        if text.contains(target) { return true }
        let isGiven = ["chown", "chmod", "install -d", "useradd", "adduser"].contains(where: text.contains)
        guard isGiven else { return false }
        let words = text.split { " \t\n\\;&\"'".contains($0) }.map { GoPath.clean(String($0)) }
        return words.contains { $0.hasPrefix("/") && parents.contains($0) }
    }

    /// Whether the image can have the folder: it comes with a COPY, or a step that nobody can follow may make it.
    private static func isMade(_ target: String, _ unit: DeployedUnit) -> Bool {
        let repository = unit.dockerfile.repository
        let name = SourceTree.Entry(path: target).name
        let isBuilt = [
            ".next", "dist", "build", "node_modules", "vendor", "target", ".nuxt", ".output", "out", "storage", "var",
            "cache", ".cache", "tmp", "log",
        ].contains(name)
        // What a script makes with root's rights is not seen here, and neither is what another stage hands over.
        let variables = ImageVariables(unit.instructions)
        let isOpen = unit.instructions.contains { instruction in
            let text = variables.expanded(instruction.text)
            return instruction.flag("from") != nil && mayBring(target, instruction, variables)
                || text.contains("$") && text.contains("chown")
                || instruction.keyword == "RUN" && (text.contains(name) || text.contains("collectstatic"))
                || instruction.keyword == "WORKDIR"
                    && instruction.arguments.first.map { GoPath.clean(variables.expanded($0)) } == target
        }
        let isInWorkdir = unit.dockerfile.finalWorkingFolders.last.map { variables.expanded($0) }.map {
            target.hasPrefix($0 + "/")
        }
        guard repository.isWhole, !isBuilt, !isOpen, target.split(separator: "/").count > 1,
            !target.hasPrefix("/home/") || isInWorkdir == true, !target.hasPrefix("/var/"), !target.hasPrefix("/usr/")
        else { return true }
        let context = unit.context ?? "."
        return repository.tree.entries.contains { entry in
            (context == "." || entry.path.hasPrefix(context + "/"))
                && ("/" + entry.directory + "/").contains("/" + name + "/")
        }
    }

    /// Whether what another stage hands over can hold the folder: it is copied to one above it, and is no file.
    private static func mayBring(
        _ target: String, _ copy: DockerfileInstruction, _ variables: ImageVariables
    ) -> Bool {
        guard let last = copy.arguments.last else { return true }
        let place = variables.expanded(last)
        guard !place.contains("$") else { return true }
        if place.hasPrefix("/"), place != "/", case let root = GoPath.clean(place),
            target != root, !target.hasPrefix(root + "/")
        {
            return false
        }
        let files = [".txt", ".json", ".toml", ".lock", ".sh", ".py", ".js", ".yml", ".yaml", ".conf"]
        return !copy.arguments.dropLast().allSatisfy { source in files.contains(where: source.hasSuffix) }
    }

    /// Whether the folder comes from a stage that gave it away: a copy between stages keeps the owner.
    private static func isPreparedBefore(
        _ copy: DockerfileInstruction, _ target: String, _ folder: String, _ unit: DeployedUnit
    ) -> Bool {
        let file = unit.dockerfile.reading.file
        guard let name = copy.flag("from")?.value, let stage = file.stage(name, in: file.stages),
            let source = copy.arguments.first, let place = copy.arguments.last
        else { return false }
        let root = place.hasPrefix("/") ? GoPath.clean(place) : GoPath.clean(folder + "/" + place)
        let prefix = root == "/" ? root : root + "/"
        guard target.hasPrefix(prefix) else { return false }
        let origin = GoPath.clean(source) + "/" + target.dropFirst(prefix.count)
        return stage.instructions.contains { instruction in
            let text = instruction.text
            return instruction.keyword == "RUN" && text.contains(origin)
                && (text.contains("install -d -o") || text.contains("chown"))
        }
    }
}
