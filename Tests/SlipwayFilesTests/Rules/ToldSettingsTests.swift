// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import Testing

@testable import SlipwayFiles

@Suite struct ToldSettingsTests {
    private func settings(_ files: [String: String]) -> [ToldSettings] {
        CheckedRepository(tree: SourceTree(files: files)).toldSettings
    }

    private static let values = "```env\nA_NAME=1\nB_NAME=2\n```\n"

    @Test(
        arguments: zip(
            [
                "Create a `.env` file in the **root directory**:\n\n" + Self.values,
                "Create `.env` file in the `backend` directory:\n" + Self.values, "**backend/.env**\n" + Self.values,
                "Write a `.env`:\n" + Self.values, "```\n# backend/.env\nA_NAME=1\nB_NAME=2\n```\n",
                "```bash\ncd backend\ncat > .env <<EOF\nA_NAME=1\nEOF\n```\n",
                "```bash\ncd /opt/shop\nsudo nano .env\n```\n\n" + Self.values,
                "```bash\ncat > /opt/shop/backend/.env << 'EOF'\nA_NAME=1\nEOF\n```\n",
                "```bash\necho 1\n```\n",
            ],
            [".env", "backend/.env", "backend/.env", nil, "backend/.env", "backend/.env", ".env", "backend/.env", ""]))
    func `a document says where its variables go`(_ text: String, target: String?) {
        let found = settings(["README.md": text, "backend/package.json": "{}"])
        #expect(found.map(\.target) == (target == "" ? [] : [target]))
        #expect(found.allSatisfy { $0["A_NAME"]?.value == "1" })
    }

    @Test func `a document beside a program speaks of its folder`() {
        let found = settings(["api/README.md": "Make `.env`:\n" + Self.values, "api/go.mod": "module a\n"])
        #expect(found.map(\.target) == ["api/.env"])
    }

    @Test func `lines are those of the document`() {
        let found = settings(["README.md": "# A\n\n`.env` in the root:\n\n" + Self.values])
        #expect(found.first?.assignments.map(\.line) == [6, 7])
        #expect(found.first?.isWritten == false)
    }

    @Test(
        arguments: zip(
            [
                "cd web\nnpm ci\n", "(cd web && npm ci)\nnpm test\n", "cd /srv/shop/web\nnpm ci\n",
                "cd web\ncd ..\nnpm ci\n", "cd shop\nnpm ci\n", "cd \"$APP_DIR/web\" && npm ci\n",
            ], ["web", "web", "web", ".", ".", "web"]))
    func `every cd is followed`(_ text: String, folder: String) {
        let tree = SourceTree(files: ["README.md": "```bash\n" + text + "```\n", "web/package.json": "{}"])
        let steps = WalkedCommand.all(in: "README.md", CheckedRepository(tree: tree))
        #expect(steps.first { $0.command.arguments.first == "ci" }?.folder == folder)
        #expect(steps.last { $0.command.arguments.first == "test" }.map(\.folder) ?? "." == ".")
    }
}
