// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The next deploy begins with an empty folder.
    static let lostOnPlatform = Rule(
        "AP512", .warning, "a platform throws away the folder that the application writes to",
        why:
            "A machine of Fly, Render or Heroku and a pod get the image's files again at each deploy and each start. What people have "
            + "uploaded, and a database or an index in a file, is gone unless a volume or a disk is mounted there.",
        catches: [
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"a:app\"]\n",
                    "fly.toml": "app = 'a'\n[http_service]\ninternal_port = 8000\nauto_stop_machines = 'stop'\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["chroma_data"])]
                )),
            RuleExample(
                [
                    "render.yaml":
                        "services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: python a.py\n"
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["uploads"])])),
            [
                "app/models/document.rb": "class Document < ApplicationRecord\n  has_one_attached :file\nend\n",
                "config/environments/production.rb": "  config.active_storage.service = :local\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    env: ruby\n    startCommand: bin/rails server\n",
            ],
            [
                "app/Http/Controllers/ItemController.php":
                    "<?php\n$path = $request->file('image')->store('items', 'public');\n",
                "artisan": "",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n    plan: free\n",
            ],
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"a:app\"]\n",
                    "k8s/web.yaml":
                        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          image: shop/api:1\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["uploads"])])),
        ],
        passes: [
            RuleExample(
                [
                    "Dockerfile": "FROM python:3.13\nWORKDIR /app\nCOPY . .\nCMD [\"uvicorn\", \"a:app\"]\n",
                    "fly.toml":
                        "app = 'a'\n[http_service]\ninternal_port = 8000\n[mounts]\nsource = 'data'\ndestination = '/app/chroma_data'\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["chroma_data"])]
                )),
            RuleExample(
                [
                    "data/words.csv": "a\n",
                    "render.yaml":
                        "services:\n  - type: web\n    name: a\n    runtime: python\n    startCommand: python a.py\n",
                ],
                app: AppSpec(
                    name: "a",
                    services: [Service(name: "a", directory: ".", role: .backend, writableDirectories: ["data"])])),
            [
                "app/Http/Controllers/ItemController.php":
                    "<?php\n$path = $request->file('image')->store('items', 'public');\n",
                "artisan": "",
                "config/filesystems.php":
                    "'disks' => [\n  'public' => [\n    'driver' => env('DISK', 's3'),\n  ],\n]\n",
                "render.yaml": "services:\n  - type: web\n    name: a\n    env: docker\n",
            ],
            [
                "app/models/document.rb": "class Document < ApplicationRecord\n  has_one_attached :file\nend\n",
                "config/environments/production.rb": "  config.active_storage.service = :amazon\n",
                "render.yaml":
                    "services:\n  - type: web\n    name: a\n    env: ruby\n    startCommand: bin/rails server\n",
            ],
        ]
    ) { repository in
        guard repository.isWhole, Deployments.isOnPlatform(repository) || !repository.manifests.isEmpty else {
            return []
        }
        let places = PassingDisk.all(in: repository)
        guard !places.isEmpty else { return [] }
        let folders = KeptFolder.known(in: repository)
        let found = places.compactMap { place -> Violation? in
            guard let folder = folders.first(where: { place.runs($0.program) }) else { return nil }
            let writer = folder.place.map { " (\($0.file):\($0.line))" } ?? ""
            return Violation(
                file: place.file, line: place.line,
                "\(place.name) keeps nothing of \(folder.path), which the application writes to\(writer); "
                    + place.advice(place.target(of: folder, repository)))
        }
        return found + rails(places, repository)
    }

    private static func rails(_ places: [PassingDisk], _ repository: CheckedRepository) -> [Violation] {
        guard let local = ActiveStorage.local(in: repository),
            let place = places.first(where: {
                $0.runs(GoPath.clean(SourceTree.Entry(path: local.file).directory + "/../.."))
            })
        else { return [] }
        return [
            Violation(
                file: local.file, line: local.line,
                "\(place.name) (\(place.file)) keeps nothing of storage/, where attachments go; write: "
                    + "config.active_storage.service = :amazon, or mount a disk there")
        ]
    }
}

/// A platform's machine without a disk that stays.
private struct PassingDisk {
    let name: String
    let file: String
    let line: Int
    /// The folder of the program that it runs; `nil` when it is the only one.
    let folder: String?

    func runs(_ program: String) -> Bool { folder == nil || folder == program }

    /// The folder as the program sees it there.
    func target(of folder: KeptFolder, _ repository: CheckedRepository) -> String {
        let own = GoPath.clean(folder.program + "/Dockerfile")
        let workdir = repository.dockerfile(own)?.finalWorkingFolders.last
        let source = folder.program == "." ? "/opt/render/project/src" : "/opt/render/project/src/\(folder.program)"
        return folder.inside(workdir: name == "Render" && workdir == nil ? source : workdir ?? "/app")
    }

    func advice(_ target: String) -> String {
        switch name {
        case "Fly": "add [mounts] with source = \"data\" and destination = \"\(target)\""
        case "Render": "add below the service: disk with a mountPath of \(target), on a paid plan"
        case "Kubernetes": "mount a PersistentVolumeClaim at \(target)"
        default: "keep the files in an object store"
        }
    }

    static func all(in repository: CheckedRepository) -> [PassingDisk] {
        let backends = repository.app?.services.filter { $0.role == .backend || $0.role == .ssr }.map(\.directory) ?? []
        let isAlone = Set(backends).count == 1
        func own(_ folder: String) -> String?? {
            backends.contains(folder) ? .some(folder) : isAlone ? .some(nil) : backends.isEmpty ? .some(nil) : .none
        }
        let fly = repository.flyFiles.compactMap { file -> PassingDisk? in
            guard file.mounts.isEmpty, let folder = own(file.folder) else { return nil }
            let line = file.root?["http_service"]?.line ?? file.app?.line ?? 1
            return PassingDisk(name: "Fly", file: file.location, line: line, folder: folder)
        }
        let render = repository.renderBlueprints.flatMap { file in
            file.services.compactMap { service -> PassingDisk? in
                let root = service.rootDirectory?.text ?? service.node["dockerContext"]?.text ?? "."
                let isRoot = GoPath.clean(root) == "." && file.folder != "."
                guard service.type == "web", service.runtime != "static", service.node["disk"] == nil,
                    let folder = own(isRoot ? file.folder : GoPath.clean(root))
                else { return nil }
                let line = service.name?.line ?? service.node.line
                return PassingDisk(name: "Render", file: file.location, line: line, folder: folder)
            }
        }
        let cluster = ClusterContainer.all(in: repository).filter { $0.node["volumeMounts"] == nil }.map { container in
            PassingDisk(name: "Kubernetes", file: container.file, line: container.line, folder: container.program)
        }
        guard cluster.isEmpty else { return fly + render + cluster }
        guard fly.isEmpty, render.isEmpty, repository.composeFiles.isEmpty, repository.railwayConfigs.isEmpty else {
            return fly + render
        }
        return repository.procfiles.compactMap { file in
            guard SourceTree.Entry(path: file.location).name == "Procfile", let folder = own(file.folder),
                let web = file.document.processes.first(where: { $0.name == "web" })
            else { return nil }
            return PassingDisk(name: "Heroku", file: file.location, line: web.line, folder: folder)
        }
    }
}
