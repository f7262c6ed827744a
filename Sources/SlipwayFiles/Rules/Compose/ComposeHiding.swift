// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedFile<ComposeFile>> {
    /// The image's own files of that folder are gone.
    static let hiddenConfiguration = Rule(
        "CO046", .error, "a mount hides the configuration that the image brings",
        why:
            "The folder lies over the image's whole /etc/nginx: mime.types and the parameter files that configurations "
            + "include are gone, so nginx does not start, or sends every style and script as a download.",
        catches: [
            [
                "compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx']\n",
                "nginx/nginx.conf": "events {}\nhttp {\n  server {\n    listen 80;\n  }\n}\n",
            ]
        ],
        passes: [
            [
                "compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx']\n",
                "nginx/nginx.conf": "events {}\nhttp {\n  include mime.types;\n}\n", "nginx/mime.types": "types {}\n",
            ],
            [
                "compose.yml": "services:\n  web:\n    image: nginx:1.27\n    volumes: ['./nginx:/etc/nginx/conf.d']\n",
                "nginx/a.conf": "server {\n  listen 80;\n}\n",
            ],
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            let image = ImageName(file.runningImage(of: service) ?? service.image?.text ?? "")
            guard image.name.hasPrefix("nginx") else { return [] }
            return service.mounts.compactMap { mount in
                guard mount.kind == .bind, GoPath.clean(mount.target) == "/etc/nginx",
                    let path = mount.source.flatMap(file.resolve), file.repository.tree.hasDirectory(path),
                    !file.repository.tree.contains(path + "/mime.types")
                else { return nil }
                return Violation(
                    line: mount.position.line,
                    "\(path) has no mime.types and hides the image's; mount the single files: "
                        + "\(mount.source ?? path)/nginx.conf:/etc/nginx/nginx.conf:ro")
            }
        }
    }

    /// An empty volume where the packages should be.
    static let emptyDependencies = Rule(
        "CO048", .error, "a volume stands where the packages should be, and nobody installs them",
        why:
            "The volume is filled from the image once, and the image installs nothing there: vendor or node_modules is "
            + "empty, and the application ends with a missing module.",
        catches: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    volumes: ['./src:/var/www/html', 'vendor:/var/www/html/vendor']\nvolumes: {vendor: {}}\n",
                "Dockerfile": "FROM php:8.3-fpm\nWORKDIR /var/www/html\n",
            ],
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    command: sh -c 'bundle install && bin/dev'\n    volumes: ['.:/app', 'modules:/app/node_modules']\nvolumes: {modules: {}}\n",
                "Dockerfile":
                    "FROM ruby:3.4\nWORKDIR /app\nRUN apt-get update && apt-get install -y nodejs yarn\nRUN gem install bundler\nCOPY . .\n",
            ],
        ],
        passes: [
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    volumes: ['./src:/var/www/html', 'vendor:/var/www/html/vendor']\nvolumes: {vendor: {}}\n",
                "Dockerfile": "FROM php:8.3-fpm\nWORKDIR /var/www/html\nCOPY . .\nRUN composer install\n",
            ],
            [
                "compose.yml":
                    "services:\n  app:\n    build: .\n    command: sh -c 'npm install && npm start'\n    volumes: ['.:/app', '/app/node_modules']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\n",
            ],
            [
                "compose.yml": "services:\n  app:\n    build: .\n    volumes: ['.:/app', '/app/node_modules']\n",
                "Dockerfile": "FROM node:22\nWORKDIR /app\nCOPY entry.sh /\nENTRYPOINT [\"/entry.sh\"]\n",
            ],
        ]
    ) { file in
        file.services.flatMap { service -> [Violation] in
            guard let dockerfile = file.dockerfile(of: service), let stage = dockerfile.stages.last else { return [] }
            let instructions = dockerfile.lineage(of: stage)
            let starts = (service.command?.text ?? "") + " " + (service.entrypoint?.text ?? "")
            // A script, another stage or an installer can bring them.
            func brings(_ target: String) -> Bool {
                instructions.contains { instruction in
                    instruction.keyword == "ENTRYPOINT"
                        || instruction.keyword == "COPY" && instruction.flag("from") != nil
                            && instruction.text.contains(where: { $0 == "/" })
                            && !instruction.text.contains("/bin/composer")
                        || instruction.keyword == "RUN" && installs(instruction.text, into: target)
                }
            }
            guard service.entrypoint == nil, !starts.contains(".sh") else { return [] }
            let writers = file.services.filter { $0.name != service.name }
            return service.mounts.compactMap { mount in
                guard mount.kind == .volume,
                    mount.target.hasSuffix("/vendor") || mount.target.hasSuffix("/node_modules"),
                    !brings(mount.target), !installs(starts, into: mount.target),
                    service.mounts.contains(where: { $0.kind == .bind && mount.target.hasPrefix($0.target + "/") }),
                    mount.source == nil
                        || !writers.contains(where: { $0.mounts.contains { $0.source == mount.source } })
                else { return nil }
                let tool = mount.target.hasSuffix("/vendor") ? "RUN composer install" : "RUN npm ci"
                return Violation(
                    line: mount.position.line,
                    "\(dockerfile.location) puts nothing into \(mount.target); add to it: COPY . . and \(tool)")
            }
        }
    }

    /// Whether the text installs packages of the system or extensions only.
    /// Whether a package manager of the folder's language runs; apt brings yarn itself, and gem installs no module.
    private static func installs(_ text: String, into target: String) -> Bool {
        guard target.hasSuffix("/node_modules") else {
            return ["composer", "bundle", "go mod", "make", "setup"].contains(where: text.contains)
        }
        let commands = [
            "npm ci", "npm i ", "npm install", "pnpm i", "bun i", "yarn install", "yarn --", "make", "setup",
            "npm-install",
            "npx", "turbo",
        ]
        return commands.contains(where: text.contains)
            || text.split(whereSeparator: { ";&\n".contains($0) }).contains {
                $0.trimmed.hasSuffix("yarn") && !text.contains("apt")
            }
    }
}
