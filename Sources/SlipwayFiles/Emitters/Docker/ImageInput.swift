// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// What a recipe sees of the one image that it describes.
struct ImageInput {
    /// Who runs processes in every image; above the accounts of Debian's own services.
    static let user = "1000:1000"
    static let userName = "appuser"

    let layout: Layout
    let image: Layout.Image
    let tree: SourceTree

    var service: Service { image.owner }

    /// Where the service's code lies in the image.
    var folder: String {
        let inner = relative(service.directory)
        return inner == "." ? Layout.workingDirectory : Layout.workingDirectory + "/" + inner
    }

    /// A path of the repository seen from the build context.
    func relative(_ path: String) -> String {
        guard image.context != "." else { return path }
        if path == image.context { return "." }
        return path.hasPrefix(image.context + "/") ? String(path.dropFirst(image.context.utf8.count + 1)) : path
    }

    /// A file beside the service's code, seen from the repository's root.
    func path(_ file: String) -> String { Layout.join(service.directory, file) }
    func has(_ file: String) -> Bool { tree.contains(path(file)) }
    func text(_ file: String) -> String? { tree.text(path(file)) }
    /// A file of the build context, which is above the service's code in a workspace.
    func contextPath(_ file: String) -> String { Layout.join(image.context, file) }
    func contextHas(_ file: String) -> Bool { tree.contains(contextPath(file)) }
    /// Whether the context is a folder above the service's code.
    var isWorkspace: Bool { image.context != service.directory }

    /// What a compiler keeps from build to build. A cache mount without an id is known by its path, which every application
    /// has, and cargo takes a newer program of the same name for up to date, whoever's it is.
    func compiled(in folder: String) -> String {
        "type=cache,id=\(image.name)-\(folder.filter { $0 != "." }),target=\(self.folder)/\(folder),sharing=locked"
    }

    /// The first numbers of the version that the repository wants: `3.11` of `3.11.7`.
    func version(_ parts: Int, default fallback: String) -> String {
        let numbers = (service.languageVersion ?? "").split(separator: ".").prefix(parts)
        let isVersion = !numbers.isEmpty && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isNumber) }
        return isVersion ? numbers.joined(separator: ".") : fallback
    }

    /// Values of the right shape for variables without which the code does not even load while it is built: no secret,
    /// and nothing that an image keeps.
    var placeholders: [(String, String)] {
        layout.runVariables(of: service).compactMap { variable, source in
            guard variable.required, variable.default == nil else { return nil }
            switch source {
            case .port(let port): return (variable.name, String(port))
            case .host: return (variable.name, "127.0.0.1")
            case .resource(let resource):
                let address = ResourceImage.address(
                    of: resource, host: "127.0.0.1", password: "build", for: variable,
                    language: service.language)
                return (variable.name, address)
            case .part(let resource, let part):
                return (variable.name, ResourceImage.text(of: part, resource, host: "127.0.0.1", password: "build"))
            case .invented, .given, .optional:
                // Django loads this module, whatever it is asked to do.
                let engine = variable.part == .engine ? ResourcePart.engine(of: .sqlite) : nil
                return (variable.name, engine ?? Self.placeholder(variable.kind))
            }
        }
    }

    private static func placeholder(_ kind: Variable.Kind?) -> String {
        switch kind {
        case .integer?, .number?, .duration?: "1"
        case .boolean?: "false"
        case .url?: "http://127.0.0.1"
        case .json?, .list?: "[]"
        case .string?, nil: "only-for-the-build"
        }
    }

    /// `SECRET_KEY=... python manage.py collectstatic`, when the build command needs values.
    /// - Parameter left: Variables that are better missing than made up.
    func withPlaceholders(_ command: String, without left: Set<String> = []) -> String {
        let values = placeholders.filter { !left.contains($0.0) }
        guard !values.isEmpty else { return command }
        let assignments = values.map { "\($0)=\(ShellWord.quote($1))" }.joined(separator: " ")
        return ContainerCommand.isSimple(command)
            ? "\(assignments) \(command)" : "export \(assignments) && \(command)"
    }

    /// The variables that the build bakes in, as ARG with the code's own default; RUN sees those that have a value.
    func declareBuildVariables(in stage: inout DockerStage) {
        let variables = layout.buildVariables(of: service)
        guard !variables.isEmpty else { return }
        stage.comment(
            service.role.isServedFromFiles
                ? "Baked into what the build leaves, and readable by everybody who opens the pages."
                : "Baked into what the build leaves.")
        for variable in variables {
            stage.argument(variable.name, default: layout.address(in: variable, of: service) ?? variable.default)
        }
    }
}
