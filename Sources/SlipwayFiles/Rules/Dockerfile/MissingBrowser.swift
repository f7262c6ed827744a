// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension Rule<CheckedDockerfile> {
    /// pptr.dev/troubleshooting: "Running on Alpine" wants Alpine's own Chromium.
    static let browserOfAnotherLibrary = Rule(
        "DF073", .error, "Puppeteer's browser cannot start in the image",
        why:
            "Puppeteer downloads a Chrome that was made for Debian's glibc and wants some thirty libraries of a desktop. Alpine "
            + "has another C library and slim images lack the libraries: every launch ends with ENOENT or \"error while "
            + "loading shared libraries\".",
        catches: [
            [
                "Dockerfile": "FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"dependencies\":{\"puppeteer\":\"^24.0.0\"}}",
                "src/a.js": "const browser = await puppeteer.launch({ headless: true })\n",
            ],
            [
                "Dockerfile": "FROM node:22-slim\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"dependencies\":{\"puppeteer\":\"^24.0.0\"}}",
                "src/a.js": "const browser = await puppeteer.launch()\n",
            ],
        ],
        passes: [
            [
                "Dockerfile":
                    "FROM node:22-alpine\nRUN apk add --no-cache chromium\nENV PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium-browser\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"dependencies\":{\"puppeteer\":\"^24.0.0\"}}",
                "src/a.js": "const browser = await puppeteer.launch()\n",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"dependencies\":{\"puppeteer\":\"^24.0.0\"}}",
                "src/a.js": "const browser = await puppeteer.connect({ browserWSEndpoint: url })\n",
            ],
            [
                "Dockerfile": "FROM node:22-alpine\nCOPY . .\nRUN npm ci\nCMD [\"node\", \"src/a.js\"]\n",
                "package.json": "{\"devDependencies\":{\"puppeteer\":\"^24.0.0\"}}",
                "src/a.js": "listen()\n",
            ],
        ]
    ) { file in
        guard let last = file.stages.last, let base = file.finalBase.map(ImageName.init),
            base.isAlpine || base.tag?.contains("slim") == true, base.name == "node" || base.isAlpine,
            let start = file.lineage(of: last).last(where: { ["CMD", "ENTRYPOINT"].contains($0.keyword) }),
            !DevelopmentPath.isLikely(file.location)
        else { return [] }
        let text = file.text.lowercased()
        // Whoever names one of these has thought of it.
        guard !["chrom", "puppeteer", "libnss3", "playwright", "browser"].contains(where: text.contains) else {
            return []
        }
        let folder = SourceTree.Entry(path: file.location).directory
        guard PuppeteerUse.stands(in: folder, of: file.repository) else { return [] }
        let advice =
            base.isAlpine
            ? "RUN apk add --no-cache chromium, and ENV PUPPETEER_SKIP_DOWNLOAD=true PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium-browser"
            : "RUN apt-get update && apt-get install -y --no-install-recommends chromium, and ENV PUPPETEER_SKIP_DOWNLOAD=true "
                + "PUPPETEER_EXECUTABLE_PATH=/usr/bin/chromium"
        return [
            Violation(
                line: start.line, "the image has no browser that puppeteer.launch can start; add before it: \(advice)")
        ]
    }
}

private enum PuppeteerUse {
    /// Whether the package of a folder brings Puppeteer with its own browser, and its program starts that.
    static func stands(in folder: String, of repository: CheckedRepository) -> Bool {
        guard
            let manifest = JSONDocument(parsing: repository.tree.text(GoPath.clean(folder + "/package.json")) ?? "")
                .root,
            manifest.at("dependencies", "puppeteer") != nil
        else { return false }
        let calls = repository.code([".js", ".ts", ".mjs", ".cjs"], with: ["puppeteer.launch("]).filter {
            folder == "." || $0.path.hasPrefix(folder + "/")
        }
        return !calls.isEmpty
            && !calls.contains { $0.line(with: "executablePath", "browserWSEndpoint", "puppeteer-core") != nil }
    }
}
