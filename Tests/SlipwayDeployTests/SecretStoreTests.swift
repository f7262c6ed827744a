// SPDX-License-Identifier: Apache-2.0

import SlipwayCore
import SlipwayHost
import Testing

@testable import SlipwayDeploy

struct SecretStoreTests {
    @Test func `a secret comes back, and neither its file nor its name's file shows it`() throws {
        let folder = try TemporaryFolder()
        let store = SecretStore(StatePaths(root: folder.path))
        try store.set("API_KEY", to: Secret("correct horse"))
        try store.set("OTHER", to: Secret("battery\nstaple"))
        #expect(try store.names() == ["API_KEY", "OTHER"])
        #expect(try store.load()["OTHER"]?.reveal() == "battery\nstaple")
        for name in try folder.files.list() {
            #expect(try !folder.files.text(name).contains("horse"))
            guard name.hasPrefix("secrets") else { continue }
            #expect((Ownership.of(folder.path + "/" + name)?.mode ?? 0o777) & 0o077 == 0)
        }
        #expect(try store.remove("OTHER"))
        #expect(try !store.remove("OTHER"))
    }

    @Test func `a changed byte, a moved value, another key and an open key file are noticed`() throws {
        let folder = try TemporaryFolder()
        let store = SecretStore(StatePaths(root: folder.path))
        try store.set("ONE", to: Secret("first value"))
        try store.set("TWO", to: Secret("second value"))
        let text = try folder.files.text("secrets.sealed")
        let key = try folder.files.text("secrets.key")
        let swapped = text.replacing("ONE=", with: "X=").replacing("TWO=", with: "ONE=").replacing("X=", with: "TWO=")
        for broken in [swapped, text.replacing("ONE=", with: "ONE=AAAA")] {
            try folder.files.write(broken, to: "secrets.sealed")
            #expect(throws: SlipwayError.self) { _ = try store.load() }
        }
        try folder.files.write(text, to: "secrets.sealed")
        try folder.files.write(String(key.reversed()), to: "secrets.key", mode: 0o600)
        #expect(throws: SlipwayError.self) { _ = try store.load() }
        try folder.files.write(key, to: "secrets.key", mode: 0o644)
        #expect(throws: SlipwayError.self) { _ = try store.load() }
        try folder.files.write(key, to: "secrets.key", mode: 0o600)
        #expect(try store.load().count == 2)
    }

    @Test(arguments: ["", "A-B", "1A", "A B", "A=B", "Ä"])
    func `a name that no variable has is refused`(name: String) throws {
        let folder = try TemporaryFolder()
        #expect(throws: SlipwayError.self) {
            try SecretStore(StatePaths(root: folder.path)).set(name, to: Secret("value"))
        }
    }
}
