// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedRepository> {
    /// The page stands one folder further down.
    static let angularBrowserFolder = Rule(
        "AP214", .error, "Angular's pages stand in a folder browser, and the image takes the one above",
        why:
            "Since Angular 17 the builder leaves the site in browser below its output folder: nginx finds no index.html and "
            + "answers with its own page or 403.",
        catches: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist/shop /usr/share/nginx/html\n",
                "angular.json":
                    "{\"projects\":{\"shop\":{\"architect\":{\"build\":{\"builder\":\"@angular/build:application\",\"options\":{\"outputPath\":\"dist/shop\"}}}}}}",
            ]
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist/shop/browser /usr/share/nginx/html\n",
                "angular.json":
                    "{\"projects\":{\"shop\":{\"architect\":{\"build\":{\"builder\":\"@angular/build:application\",\"options\":{\"outputPath\":\"dist/shop\"}}}}}}",
            ],
            [
                "Dockerfile":
                    "FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM nginx:1.27\nCOPY --from=build /app/dist/shop /usr/share/nginx/html\n",
                "angular.json":
                    "{\"projects\":{\"shop\":{\"architect\":{\"build\":{\"builder\":\"@angular-devkit/build-angular:browser\",\"options\":{\"outputPath\":\"dist/shop\"}}}}}}",
            ],
        ]
    ) { repository in
        repository.images.compactMap { unit in
            guard let base = unit.dockerfile.finalBase.map(ImageName.init), base.name.hasPrefix("nginx") else {
                return nil
            }
            let folders = [
                unit.app?.directory, unit.context, SourceTree.Entry(path: unit.dockerfile.location).directory,
            ].compactMap { $0 }
            let text = folders.lazy.compactMap { repository.tree.text(GoPath.clean($0 + "/angular.json")) }.first
            guard let text, let projects = JSONDocument(parsing: text).root?["projects"]?.mapping?.entries,
                projects.count == 1,
                let build = projects.first?.value.at("architect", "build")
                    ?? projects.first?.value.at("targets", "build"),
                build["builder"]?.text?.hasSuffix(":application") == true,
                !NginxConfigurations.of(unit).contains(where: { $0.text.contains("/browser") })
            else { return nil }
            let name = projects.first?.key ?? ""
            let output = build.at("options", "outputPath")
            // An object says the folder's name itself.
            guard output == nil || output?.text != nil else { return nil }
            let path = GoPath.clean(output?.text ?? "dist/" + name)
            for copy in unit.instructions where copy.keyword == "COPY" && copy.flag("from") != nil {
                guard
                    let source = copy.arguments.first.map({
                        GoPath.clean($0.hasSuffix("/*") ? String($0.dropLast(2)) : $0)
                    }), source.hasSuffix("/" + path),
                    copy.arguments.last?.contains("html") == true || copy.arguments.last?.contains("www") == true
                else { continue }
                return Violation(
                    file: unit.dockerfile.location, line: copy.line,
                    "the site stands in \(source)/browser; write: COPY --from=\(copy.flag("from")?.value ?? "build") \(source)/browser \(copy.arguments.last ?? "")"
                )
            }
            return nil
        }
    }
}
