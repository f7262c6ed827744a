// SPDX-License-Identifier: Apache-2.0

package import SlipwayCore
import Synchronization

/// A repository under the eyes of the rules: its files, its app spec and its documents, each read when first asked for.
package final class CheckedRepository: RuleSubject {
    package let tree: SourceTree
    /// Whether the tree is the whole repository; else nothing follows from a file's absence.
    package let isWhole: Bool
    private let detected: OnDemand<AppSpec?>
    private let trackedFiles: OnDemand<Set<String>?>
    private let readKept: @Sendable (String) -> String?
    private let executableFiles: OnDemand<Set<String>?>
    /// What a team asks of its images, by the settings that were given and hadolint's own.
    let policy: ImagePolicy
    private let folderSizes: OnDemand<[BuildContext.File]>
    private let codeShelf: OnDemand<[SourceTree.Entry]>
    private let programShelf: OnDemand<[SourceTree.Entry]>
    let documentShelf: OnDemand<[SourceTree.Entry]>
    private let formats: OnDemand<[FileFormat: [String]]>
    /// What the rules across files have put together, without the repository, so that nothing holds itself.
    let unitSketches = Mutex<[UnitSketch]?>(nil)
    /// What all files tell to run, once somebody has asked.
    let toldSketches = Mutex<[ToldCommand]?>(nil)
    /// The contexts of builds, once somebody has asked.
    let contextSketches = Mutex<StatedContexts?>(nil)
    /// The ports that folders' code takes by itself, once somebody has asked.
    let codePorts = Mutex<[String: [CodePort.Said]]>([:])
    /// Source files that were read line by line.
    let codeTexts = CodeTexts()
    /// What all files tell to write into files of variables, once somebody has asked.
    let settingsSketches = Mutex<[ToldSettings]?>(nil)

    private let requirementShelf: OnDemand<[String]>
    private let dockerfileShelf: OnDemand<[(path: String, reading: DockerfileReading)]>
    private let ignoreShelf: DocumentShelf<DockerIgnore>
    private let composeShelf: DocumentShelf<ComposeFile>
    private let nginxShelf: DocumentShelf<NginxFile>
    private let flyShelf: DocumentShelf<FlyToml>
    private let renderShelf: DocumentShelf<RenderBlueprint>
    private let railwayShelf: DocumentShelf<RailwayConfig>
    private let procfileShelf: DocumentShelf<Procfile>
    private let appJSONShelf: DocumentShelf<AppJSON>
    private let dotenvShelf: DocumentShelf<Dotenv>
    private let workflowShelf: DocumentShelf<YAMLDocument>
    private let manifestShelf: DocumentShelf<ManifestFile>
    private let pipelineShelf: DocumentShelf<YAMLDocument>
    private let shellShelf: DocumentShelf<ScriptFile>
    private let systemdShelf: DocumentShelf<PlainText>
    private let supervisorShelf: DocumentShelf<SupervisorFile>

    /// - Parameters:
    ///   - unusual: Formats of files whose names do not say it.
    ///   - app: Detects when asked; `nil` when detection fails or is not wanted.
    ///   - tracked: Paths that git keeps; `nil` when that is not known.
    ///   - kept: The text of a path that git keeps and the tree does not hold, because `.gitignore` names it.
    ///   - executables: Those that git keeps with the right to run; `nil` when that is not known.
    ///   - policy: What the settings ask of images.
    ///   - sizes: All files of the folder, those too that git ignores; empty when that is not known.
    package init(
        tree: SourceTree, isWhole: Bool = true, unusual: [String: FileFormat] = [:],
        app: @escaping @Sendable () -> AppSpec? = { nil },
        tracked: @escaping @Sendable () -> Set<String>? = { nil },
        kept: @escaping @Sendable (String) -> String? = { _ in nil },
        executables: @escaping @Sendable () -> Set<String>? = { nil }, policy: ImagePolicy = ImagePolicy(),
        sizes: @escaping @Sendable () -> [BuildContext.File] = { [] }
    ) {
        self.tree = tree
        self.isWhole = isWhole
        detected = OnDemand(app)
        trackedFiles = OnDemand(tracked)
        readKept = kept
        executableFiles = OnDemand(executables)
        folderSizes = OnDemand(sizes)
        let endings = Self.codeEndings.map { Array($0.utf8) }
        codeShelf = OnDemand {
            tree.entries.filter { entry in
                endings.contains { entry.path.utf8.suffix($0.count).elementsEqual($0) } && Self.isCode(entry.path)
            }
        }
        documentShelf = OnDemand { Self.documents(in: tree) }
        programShelf = OnDemand { tree.entries.filter { CodeText.mayRun($0.path) } }
        let foreign = ImagePolicy.foreignFiles.lazy.compactMap(tree.text).first
        self.policy = foreign.map { policy.completed(by: ImagePolicy(hadolint: $0)) } ?? policy
        let formats = OnDemand {
            var found: [FileFormat: [String]] = [:]
            // Copies of Go modules: what their makers deploy is not deployed here.
            let vendored = tree.files(named: "modules.txt").map(\.directory).filter { $0.hasSuffix("vendor") }
            for entry in tree.entries where !isWhole || !TemplateText.isTemplate(path: entry.path) {
                if isWhole, vendored.contains(where: { entry.path.hasPrefix($0 + "/") }) { continue }
                if let format = unusual[entry.path] ?? FileFormat(path: entry.path) {
                    found[format, default: []].append(entry.path)
                }
            }
            return found
        }
        self.formats = formats
        requirementShelf = OnDemand { PythonRequirements.texts(in: tree) }
        dockerfileShelf = OnDemand {
            (formats.value[.dockerfile] ?? []).compactMap { path in
                guard let text = tree.text(path), !isWhole || !TemplateText.isTemplate(text) else { return nil }
                return (path, DockerfileReading(text))
            }
        }
        func shelf<Document>(_ format: FileFormat) -> DocumentShelf<Document> {
            let isWritten = isWhole && [.compose, .nginx, .fly, .render, .procfile, .supervisor].contains(format)
            return DocumentShelf(tree, leavingTemplates: isWritten) { formats.value[format] ?? [] }
        }
        ignoreShelf = shelf(.dockerignore)
        composeShelf = shelf(.compose)
        nginxShelf = shelf(.nginx)
        flyShelf = shelf(.fly)
        renderShelf = shelf(.render)
        railwayShelf = shelf(.railway)
        procfileShelf = shelf(.procfile)
        appJSONShelf = shelf(.appJSON)
        dotenvShelf = shelf(.dotenv)
        workflowShelf = shelf(.workflow)
        manifestShelf = shelf(.yaml)
        pipelineShelf = shelf(.gitlab)
        shellShelf = shelf(.shell)
        systemdShelf = shelf(.systemd)
        supervisorShelf = shelf(.supervisor)
    }

    package var path: String? { nil }
    package var diagnostics: [Diagnostic] { [] }

    /// The complete wish, when detection succeeds.
    package var app: AppSpec? { detected.value }
    /// Paths that git keeps; `nil` when that is not known.
    package var tracked: Set<String>? { trackedFiles.value }

    /// The text of a file of the tree, or of one that git keeps although `.gitignore` names it.
    func keptText(_ path: String) -> String? { tree.text(path) ?? readKept(path) }

    /// Paths that git keeps with the right to run; `nil` when that is not known.
    package var executables: Set<String>? { executableFiles.value }

    static let codeEndings = [
        ".py", ".js", ".ts", ".java", ".go", ".rb", ".cs", ".kt", ".swift", ".rs",
    ]

    private static func isCode(_ path: String) -> Bool {
        !path.contains("node_modules/") && !DevelopmentPath.isLikely(path)
    }

    /// Those of ``codeFiles`` with one of these endings and one of these words in them.
    ///
    /// - Parameter limit: Files of so many bytes and more are left out.
    func codeFiles(
        _ endings: [String] = CheckedRepository.codeEndings, with words: [String], smallerThan limit: Int = 200_000
    ) -> [SourceTree.Entry] {
        tree.files(ending: endings, holding: words, smallerThan: limit).filter { Self.isCode($0.path) }
    }

    /// Source of programs that run in production.
    var codeFiles: [SourceTree.Entry] { codeShelf.value }
    /// Files of every kind that can be part of what runs in production, by their paths.
    var programFiles: [SourceTree.Entry] { programShelf.value }

    /// Every file of the folder with its size, those too that git ignores; empty when that is not known.
    var sizes: [BuildContext.File] { folderSizes.value }

    /// Paths of a format, sorted.
    package func paths(of format: FileFormat) -> [String] { formats.value[format] ?? [] }

    /// In path order, as are all below.
    package var dockerfiles: [CheckedDockerfile] {
        dockerfileShelf.value.map { CheckedDockerfile(location: $0.path, reading: $0.reading, repository: self) }
    }
    /// The Dockerfile at a path, also one with an unusual name.
    package func dockerfile(_ path: String) -> CheckedDockerfile? {
        let known = dockerfileShelf.value.first { $0.path == path }?.reading
        return (known ?? tree.text(path).map(DockerfileReading.init)).map {
            CheckedDockerfile(location: path, reading: $0, repository: self)
        }
    }
    package var dockerIgnores: [CheckedFile<DockerIgnore>] { ignoreShelf.files(in: self) }
    package var composeFiles: [CheckedFile<ComposeFile>] { composeShelf.files(in: self) }
    package var nginxFiles: [CheckedFile<NginxFile>] { nginxShelf.files(in: self) }
    package var flyFiles: [CheckedFile<FlyToml>] { flyShelf.files(in: self) }
    package var renderBlueprints: [CheckedFile<RenderBlueprint>] { renderShelf.files(in: self) }
    package var railwayConfigs: [CheckedFile<RailwayConfig>] { railwayShelf.files(in: self) }
    package var procfiles: [CheckedFile<Procfile>] { procfileShelf.files(in: self) }
    package var supervisorFiles: [CheckedFile<SupervisorFile>] { supervisorShelf.files(in: self) }
    package var appManifests: [CheckedFile<AppJSON>] { appJSONShelf.files(in: self) }
    package var dotenvFiles: [CheckedFile<Dotenv>] { dotenvShelf.files(in: self) }
    /// Those of them that people copy: `.env.example`.
    var dotenvTemplates: [CheckedFile<Dotenv>] {
        dotenvFiles.filter { file in
            [".example", ".sample", ".template", ".dist"].contains(where: file.location.hasSuffix)
        }
    }
    package var workflows: [CheckedFile<YAMLDocument>] { workflowShelf.files(in: self) }
    /// YAML that holds Kubernetes objects, charts and kustomizations.
    package var manifests: [CheckedFile<ManifestFile>] {
        manifestShelf.files(in: self).filter { $0.document.isManifest }
    }
    /// The lists of Python packages, in lower case.
    package var pythonRequirements: [String] { requirementShelf.value }
    /// `.gitlab-ci.yml`.
    package var pipelines: [CheckedFile<YAMLDocument>] { pipelineShelf.files(in: self) }
    package var scripts: [CheckedFile<ScriptFile>] { shellShelf.files(in: self) }
    package var units: [CheckedFile<PlainText>] { systemdShelf.files(in: self) }
}
