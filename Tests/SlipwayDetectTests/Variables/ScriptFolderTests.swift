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

    @Test func `a name that only Compose interpolates is nobody's, one that code reads stays`() {
        let tree = SourceTree(files: [
            "api/requirements.txt": "fastapi\nuvicorn\n",
            "api/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
            "jobs/nightly.go": "package jobs\nvar key = os.Getenv(\"NIGHTLY_KEY\")\n",
            "docker-compose.yml": "services:\n  api:\n    image: api:${TAG:-latest}\n",
        ])
        #expect(Detection.detect(tree).variables.map(\.name).contains("NIGHTLY_KEY"))
        #expect(!Detection.detect(tree).variables.map(\.name).contains("TAG"))
    }
}
