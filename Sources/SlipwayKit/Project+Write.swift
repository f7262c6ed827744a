// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayDetect
import SlipwayFiles
import SlipwayHost

extension Project {
    /// Works out every file of the chosen targets; nothing is written yet.
    /// - Throws: ``SlipwayError`` `nothing-detected`, `bad-configuration`, or `unreadable`.
    public func plannedFiles(_ options: WriteOptions) throws -> PlannedFiles {
        let detected = try detect()
        return try planFiles(detected.requireServices(), tree: detected.tree, options: options)
    }

    func planFiles(_ app: AppSpec, tree: SourceTree, options: WriteOptions) throws -> PlannedFiles {
        let (ledger, remark) = try readLedger()
        let targets = try chosenTargets(options, tree: tree, ledger: ledger)
        func wishes(without adopted: Set<String>) -> [WritePlan.Wish] {
            let input = EmitterInput(
                app: KeptVersions(ledger).applied(to: app), tree: tree.without(adopted),
                written: Set(ledger.entries.keys).union(adopted))
            let emitters = EmitterCatalog.all.filter { targets.contains($0.target) }
            return tree.shared(emitters.count) { number in
                emitters[number].emit(input).map { WritePlan.Wish(file: $0, target: emitters[number].target) }
            }.flatMap { $0 }
        }
        let unadopted = wishes(without: [])
        let adopted = try adoptedPaths(options, unadopted)
        // The others are written for the files that will stand there.
        let wishes = adopted.isEmpty ? unadopted : wishes(without: adopted)
        let paths = wishes.map(\.file.path)
        let states = Dictionary(zip(paths, tree.shared(paths.count) { found(paths[$0]) })) { first, _ in first }
        let plan = WritePlan(
            wishes: wishes, ledger: ledger, targets: targets, interrupted: interruptedPaths, adopted: adopted,
            found: { states[$0] ?? found($0) })
        let directory = directory
        return PlannedFiles(
            files: files, plan: plan, oldLedger: ledger,
            remarks: [remark, ignoredLedger()].compactMap { $0 } + app.startRemarks(inContainers: true),
            findings: {
                Checker().check(
                    CheckedRepository(
                        tree: tree, app: { app }, tracked: { GitIndex.paths(inFolder: directory) },
                        executables: { GitIndex.executables(inFolder: directory) }))
            })
    }

    private func chosenTargets(_ options: WriteOptions, tree: SourceTree, ledger: Ledger) throws -> Set<FileTarget> {
        guard !options.targets.isEmpty else {
            let earlier = ledger.entries.values.compactMap { FileTarget(rawValue: $0.target) }
            return FileTarget.needed(by: tree).union(earlier)
        }
        let named = try options.targets.flatMap { $0.split(separator: ",") }.map { name in
            guard let target = FileTarget(rawValue: String(name)) else {
                let known = FileTarget.allCases.map(\.rawValue).joined(separator: ", ")
                throw SlipwayError(
                    .badConfiguration, "there is no target '\(name)'; there are: \(known)",
                    hint: "slipway write --target docker")
            }
            return target
        }
        return FileTarget.closure(of: named)
    }

    private func adoptedPaths(_ options: WriteOptions, _ wishes: [WritePlan.Wish]) throws -> Set<String> {
        let known = Set(wishes.map(\.file.path))
        return try options.adopted.reduce(into: []) { paths, path in
            let path = path.hasPrefix("./") ? String(path.dropFirst(2)) : path
            guard known.contains(path) else {
                throw SlipwayError(
                    .badConfiguration, "\(path) is no file that slipway writes here", hint: "slipway write --check")
            }
            paths.insert(path)
        }
    }

    /// What a run that was cut short had begun to write, before it could say so in the ledger.
    var interruptedPaths: Set<String> {
        Set(((try? files.text(PlannedFiles.intentPath)) ?? "").split(separator: "\n").map(String.init))
    }

    /// A ledger that cannot be read counts as empty: then every file that differs is a person's, and none is replaced.
    func readLedger() throws -> (ledger: Ledger, remark: String?) {
        guard case .file = try files.kind(of: Ledger.path) else { return (Ledger(), nil) }
        if let ledger = Ledger(parsing: try files.text(Ledger.path)) { return (ledger, nil) }
        return (
            Ledger(),
            "\(Ledger.path) cannot be read, so files that differ are left alone; restore it with: "
                + "git checkout HEAD -- \(Ledger.path)"
        )
    }

    private func found(_ path: String) -> WritePlan.Found {
        do {
            switch try files.kind(of: path) {
            case .nothing: return .nothing
            case .file:
                let bytes = try files.read(path)
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    return .obstacle("a file that is not text stands there")
                }
                return .text(text)
            case .folder: return .obstacle("a folder stands there")
            case .link: return .obstacle("a symbolic link stands there, and Slipway follows none")
            case .other: return .obstacle("something that is no file stands there")
            case .underFile: return .obstacle("a file stands where its folder would be")
            }
        } catch let error as SlipwayError {
            return .obstacle(error.message)
        } catch {
            return .obstacle("\(error)")
        }
    }

    private func ignoredLedger() -> String? {
        let names: Set<Substring> = [".slipway", ".slipway/", "/.slipway", "/.slipway/", ".slipway/*"]
        let text = (try? files.text(".gitignore")) ?? ""
        guard let line = text.split(separator: "\n").first(where: { names.contains($0) }) else { return nil }
        return ".gitignore keeps \(Ledger.path) out of git, so other clones cannot merge hand edits; "
            + "remove the line '\(line)': the folder has a .gitignore of its own"
    }
}
