// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

/// `${API_HOST}` in templates of nginx's configuration, which `envsubst` fills when the container starts; nginx's image
/// does that by itself with those in /etc/nginx/templates (hub.docker.com/_/nginx).
enum NginxTemplates {
    private static let endings = [".template", ".tmpl", ".tpl", ".conf.in"]
    private static let largestInBytes = 1 << 16

    static func reads(_ tree: SourceTree) -> [VariableRead] {
        tree.otherEntries.flatMap { entry -> [VariableRead] in
            guard endings.contains(where: entry.path.hasSuffix),
                SourceFilter.isApplication(entry.path), let bytes = tree.bytes(entry.path),
                bytes.count <= largestInBytes, let text = tree.text(entry.path), isNginx(text)
            else { return [] }
            var file = FileReads(Code(path: entry.path, language: .shell, bytes: []))
            // nginx's own variables are written in small letters.
            for use in ShellExpansion.all(in: bytes) where EnvironmentName.isScreaming(use.name) {
                file.add(use.name, line: use.line)
            }
            return file.effective
        }
    }

    private static func isNginx(_ text: String) -> Bool {
        ["proxy_pass", "listen", "upstream"].contains(where: text.contains)
            && ["location", "server {", "server{", "upstream"].contains(where: text.contains)
            // What another program's templates would hold.
            && !text.contains("{{")
    }
}
