// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayFiles

/// Python code bases: version, package manager, installation.
struct PythonProjectDetector: Detector {
    let name = "python"
    let account = DetectorAccount(
        recognises:
            "Language version, package manager and installation of Python code bases.",
        reads: [
            "requirements files, pyproject.toml, Pipfile, setup.py", "lock files",
            ".python-version, .tool-versions, mise.toml, runtime.txt",
        ],
        confidence: "70 to 95 %")

    /// Of requirements that the repository's own image installs; above that of every lock file.
    private static let proven = 0.91

    func detect(in repository: Repository) -> [Evidence] {
        let images = ImageRequirements(repository)
        return repository.python.flatMap { project -> [Evidence] in
            let folders = repository.folders(of: project)
            return folders.flatMap { folder in
                let subject = Subject(folder, nil)
                return [
                    .claim(
                        .language("python"), for: subject, file: project.manifest.installations.first?.file,
                        why: "Python code base", confidence: Confidence.dependency)
                ] + installation(of: project, from: folder, subject, repository, images)
                    + version(of: project, subject, repository.tree)
            }
        }
    }

    private func installation(
        of project: PythonProject, from folder: String, _ subject: Subject, _ repository: Repository,
        _ images: ImageRequirements
    ) -> [Evidence] {
        project.manifest.installations.flatMap { way -> [Evidence] in
            let isProven = way.manager == "pip" && images.holds(way.file, for: folder)
            let confidence = isProven ? Self.proven : way.confidence
            var command = Self.command(way, of: project.manifest.directory, from: folder)
            if command.hasPrefix("pip install -r "), Self.needsOldSetuptools(project) {
                command += " " + ShellWord.quote(PythonSetuptools.requirement)
            }
            return [
                .claim(
                    .packageManager(way.manager), for: subject, file: way.file, why: way.file.lastPathComponent,
                    confidence: confidence),
                .claim(
                    .install(command), for: subject, file: way.file, why: way.file.lastPathComponent,
                    confidence: confidence),
            ]
        }
    }

    /// Whether something that is started imports `pkg_resources`, which no package brings that is installed today.
    private static func needsOldSetuptools(_ project: PythonProject) -> Bool {
        guard project.dependency("setuptools") == nil else { return false }
        return project.dependencies.contains { own in
            own.pin.map { PythonSetuptools.isNeeded(by: own.name, $0) } ?? false
        }
            || project.sources.contains { source in
                !PythonAddresses.isForTests(source.path)
                    && source.imports.values.contains { $0 == "pkg_resources" || $0.hasPrefix("pkg_resources.") }
            }
    }

    /// The command as it must be written where the process starts: installed from the code base's folder even when
    /// that is below, or above when several share their requirements.
    private static func command(
        _ way: PythonManifest.Installation, of directory: String, from folder: String
    ) -> String {
        if directory == folder { return way.command }
        let opening = "pip install -r "
        let file = way.command.hasPrefix(opening) ? String(way.command.dropFirst(opening.count)) : nil
        if let inner = directory.relative(to: folder) {
            if let file { return opening + ShellWord.quote(inner.appending(path: file)) }
            return "cd \(ShellWord.quote(inner)) && \(way.command)"
        }
        guard let depth = folder.relative(to: directory)?.split(separator: "/").count else { return way.command }
        let up = Array(repeating: "..", count: depth).joined(separator: "/")
        if let file { return opening + ShellWord.quote("\(up)/\(file)") }
        // uv, poetry, pdm and pipenv look for their project above by themselves.
        return way.manager == "pip" ? "cd \(up) && \(way.command)" : way.command
    }

    private func version(of project: PythonProject, _ subject: Subject, _ tree: SourceTree) -> [Evidence] {
        var found: [Evidence] = []
        for (distance, folder) in PathText.ancestors(of: project.directory).enumerated() {
            for (version, file, line, strength) in VersionFiles.python(in: folder, tree) {
                found.append(
                    .claim(
                        .languageVersion(version), for: subject, file: file, line: line, why: file.lastPathComponent,
                        confidence: strength - 0.01 * Double(min(distance, 9))))
            }
        }
        if let (text, file, line) = project.manifest.requiresPython, let version = VersionText.lowest(in: text) {
            found.append(
                .claim(
                    .languageVersion(version), for: subject, file: file, line: line,
                    why: "the lowest that \(text) promises",
                    confidence: 0.7))
        }
        if let pin = Self.oldest(of: project.dependencies) {
            found.append(
                .claim(
                    .languageVersion("3.\(pin.minor)"), for: subject, file: pin.dependency.file,
                    line: pin.dependency.line,
                    why: "\(pin.dependency.name) \(pin.dependency.specifier) was made for no newer one",
                    confidence: Confidence.convention))
        }
        return found
    }

    /// The pin that holds a code base back most from the Python that images have.
    private static func oldest(
        of dependencies: [PythonDependency]
    ) -> (dependency: PythonDependency, minor: Int)? {
        let usual = LanguageDefaults.python.split(separator: ".").last.flatMap { Int($0) } ?? 0
        return dependencies.compactMap { own in
            own.pin.flatMap { PythonWheels.newestMinor(of: own.name, $0) }.map { (own, $0) }
        }.filter { $0.1 < usual }.min { $0.1 < $1.1 }
    }
}
