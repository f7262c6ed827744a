// SPDX-License-Identifier: Apache-2.0

import SlipwayCore

extension DeployedUnit {
    /// Everything that its start runs: what the image and Compose say, and each command of the scripts that these name.
    var startedCommands: [(text: String, file: String, line: Int)] {
        let ofCompose = [service?.entrypoint, service?.command].compactMap { $0 }
        let ofImage = instructions.filter { instruction in
            // An entry point of Compose takes the image's command away too.
            guard service?.entrypoint == nil else { return false }
            return instruction.keyword == "ENTRYPOINT" || instruction.keyword == "CMD" && service?.command == nil
        }
        let texts =
            ofImage.map { (text: $0.arguments.joined(separator: " "), file: dockerfile.location, line: $0.line) }
            + ofCompose.compactMap { text in
                compose.map { (text: text.text, file: $0.location, line: text.line) }
            }
        return texts.flatMap { start -> [(text: String, file: String, line: Int)] in
            guard let script = script(of: [start.text]) else { return [start] }
            return [start] + script.commands.map { (text: $0.text, file: script.path, line: $0.line) }
        }
    }
}
