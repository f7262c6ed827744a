// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// Docker makes an empty folder where there is none.
    static let unbuiltHostFolder = Rule(
        "AP224", .warning, "the server serves a build of the host that nothing makes",
        why:
            "The folder is not in git and no service, script or pipeline builds it: on a new machine Docker makes an empty "
            + "one, and the site answers 403 or 404.",
        catches: [
            [
                "compose.prod.yml":
                    "services:\n  nginx:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['./web/dist:/usr/share/nginx/html:ro']\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}", "web/.gitignore": "dist\n",
                ".github/workflows/ci.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm run build\n",
            ]
        ],
        passes: [
            [
                "compose.prod.yml":
                    "services:\n  nginx:\n    image: nginx:1.27\n    ports: ['80:80']\n    volumes: ['./web/dist:/usr/share/nginx/html:ro']\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
                ".github/workflows/ci.yml":
                    "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npm test\n",
                "deploy.sh": "#!/bin/sh\nset -e\ncd web\nnpm ci\nnpm run build\n",
            ],
            [
                "compose.yml":
                    "services:\n  nginx:\n    image: nginx:1.27\n    volumes: ['./web/dist:/usr/share/nginx/html:ro']\n  build:\n    image: node:22\n    command: npm run build\n    volumes: ['./web:/web']\n",
                "web/package.json": "{\"scripts\":{\"build\":\"vite build\"}}",
            ],
            [
                "compose.yml":
                    "services:\n  nginx:\n    image: nginx:1.27\n    volumes: ['./html:/usr/share/nginx/html:ro']\n",
                "html/index.html": "",
            ],
        ]
    ) { repository in
        guard repository.isWhole else { return [] }
        let tree = repository.tree
        let missing = repository.composeFiles.filter { !$0.isForDevelopment }.flatMap { file in
            file.services.flatMap { service -> [Violation] in
                guard let image = file.runningImage(of: service).map(ImageName.init),
                    ["nginx", "caddy", "httpd"].contains(image.name)
                else { return [] }
                return service.mounts.compactMap { mount in
                    guard mount.kind == .bind, let path = mount.source.flatMap(file.resolve),
                        ["dist", "build", "out", ".output", "browser"].contains(SourceTree.Entry(path: path).name),
                        !tree.hasDirectory(path), let project = project(of: path, tree),
                        !file.services.contains(where: { other in
                            other.name != service.name
                                && other.mounts.contains { mounted in
                                    guard let source = mounted.source.flatMap(file.resolve) else { return false }
                                    return path == source || path.hasPrefix(source + "/") || source == "."
                                }
                        })
                    else { return nil }
                    return Violation(
                        file: file.location, line: mount.position.line,
                        "\(path) is not in git and nothing builds it; build the site into the image that serves it, or run "
                            + "before: npm --prefix \(project) run build")
                }
            }
        }
        // Only now: every file of the repository may hold the step that builds.
        return missing.isEmpty || isBuilt(tree) ? [] : missing
    }

    /// Whether a script or a pipeline that deploys builds the site.
    private static func isBuilt(_ tree: SourceTree) -> Bool {
        tree.entries.contains { entry in
            let format = FileFormat(path: entry.path)
            guard
                [.shell, .workflow, .gitlab].contains(format)
                    || ["Makefile", "justfile", "Jenkinsfile"].contains(entry.name),
                let text = tree.text(entry.path)
            else { return false }
            // A pipeline that only tests leaves nothing on the server.
            let isPipeline = format == .workflow || format == .gitlab
            if isPipeline, !["rsync", "scp", "ssh", "deploy", "upload"].contains(where: text.contains) { return false }
            return ["run build", "yarn build", "pnpm build", "vite build", "ng build", "bun run build"].contains(
                where: text.contains)
        }
    }

    /// The folder above whose package.json can build it.
    private static func project(of path: String, _ tree: SourceTree) -> String? {
        var folder = SourceTree.Entry(path: path).directory
        while true {
            if tree.contains(GoPath.clean(folder + "/package.json")) { return folder }
            guard folder != "." else { return nil }
            folder = SourceTree.Entry(path: folder).directory
        }
    }
}
