// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

struct StaticSiteTests {
    private static let page = "<!doctype html>\n<h1>Shop</h1>\n"

    static let cases: [(files: [String: String], sites: [String])] = [
        (["index.html": page, "style.css": ""], ["."]),
        (["index.html": page, "about/index.html": page], ["."]),
        (["a/b/index.html": page, "a/index.html": page, "z/index.html": page], ["a", "z"]),
        (["site/index.html": page, "package.json": "{\"devDependencies\": {\"prettier\": \"3\"}}"], ["site"]),
        (["index.html": page, "package.json": "{\"devDependencies\": {\"prettier\": \"3\"}}"], ["."]),
        (["index.html": "<script type=module src=\"/src/main.js\"></script>"], []),
        (["app/templates/index.html": page], []),
        (["shop/views/index.html": "{% extends 'base.html' %}"], []),
        (["pages/index.html": "{% extends 'base.html' %}"], []),
        (["public/index.html": "<link href=\"%PUBLIC_URL%/favicon.ico\">"], []),
        (["coverage/index.html": page, "web/index.html": page], ["web"]),
        (["Gemfile": "", "public/index.html": page], []),
        (["_config.yml": "", "index.html": page], ["."]),
        (["index.htm": page], []),
    ]

    @Test(arguments: cases.indices)
    func `a folder of pages is a site unless something else makes or fills them`(_ index: Int) {
        let spec = Detection.detect(SourceTree(files: Self.cases[index].files))
        #expect(spec.services.map(\.directory).sorted() == Self.cases[index].sites)
        #expect(spec.services.allSatisfy { $0.role == .static })
    }
}
