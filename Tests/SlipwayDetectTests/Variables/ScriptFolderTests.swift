// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayDetect

struct ScriptFolderTests {
    @Test(arguments: [
        ("python -m app", []), ("python scripts/tool.py", ["TOOL_KEY"]), ("python -m scripts.tool", ["TOOL_KEY"]),
    ])
    func `a script that people run by hand asks nothing of the service`(_ start: String, _ names: [String]) {
        let tree = SourceTree(files: ["app.py": "", "scripts/tool.py": "import os\nos.environ['TOOL_KEY']\n"])
        let service = Service(name: "web", directory: ".", role: .backend, language: "python", start: start)
        #expect(EnvironmentContract.read(tree: tree, services: [service]).map(\.name) == names)
    }
}
